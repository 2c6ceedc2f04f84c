"""The wire of Azure AI Document Intelligence, version 2024-11-30, over our jobs: analyse, ask, fetch, delete.

The shapes are those of Microsoft's reference (Document Models - Analyze Document, REST v4.0), as its SDKs read them.
"""

from __future__ import annotations

API_VERSION = "2024-11-30"
PREFIX = "/documentintelligence"
FAMILY = "documentintelligence"
