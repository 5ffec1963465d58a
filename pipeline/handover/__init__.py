"""Tables in the formats that people and programs take, each with what its columns mean."""
