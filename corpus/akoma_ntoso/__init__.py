"""Documents as Akoma Ntoso 3.0 (OASIS LegalDocML), with identifiers after AKN-NC 1.0."""

from corpus.akoma_ntoso.addresses import work_address
from corpus.akoma_ntoso.export import to_akoma_ntoso
from corpus.akoma_ntoso.metadata import Reference

__all__ = ["Reference", "to_akoma_ntoso", "work_address"]
