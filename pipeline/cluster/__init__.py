"""Reading and building on Spark, where one machine is not enough (docs/cluster.md)."""
