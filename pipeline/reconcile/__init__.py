"""Observations + rules -> proofs and findings."""

from pipeline.reconcile.reconcile import reconcile

__all__ = ["reconcile"]
