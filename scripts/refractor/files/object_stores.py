"""The store behind an address, with its credentials from the environment; a store without any is asked unsigned.

- `http(s)://`: any server; the address may carry a signature in its query. Proxies are those of the environment.
- `s3://bucket/key`: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_ENDPOINT_URL for other
  stores of the kind; a role where AWS_WEB_IDENTITY_TOKEN_FILE or AWS_CONTAINER_CREDENTIALS_RELATIVE_URI names one.
- `gs://bucket/key`: GOOGLE_APPLICATION_CREDENTIALS or GOOGLE_SERVICE_ACCOUNT, a file.
- `az://container/key`: AZURE_STORAGE_ACCOUNT_NAME, and AZURE_STORAGE_ACCOUNT_KEY or AZURE_STORAGE_SAS_TOKEN.
"""

from __future__ import annotations

import os
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from obstore.store import ObjectStore

TIMEOUTS = {"connect_timeout": timedelta(seconds=20), "timeout": timedelta(seconds=120)}
"""Of a connection, and of one request of at most 8 MB."""
RETRIES = {"max_retries": 4, "retry_timeout": timedelta(minutes=3)}
"""After 429, a server's error or a lost connection, at growing intervals."""

_S3_SIGNS = ("AWS_ACCESS_KEY_ID", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
_GS_SIGNS = ("GOOGLE_APPLICATION_CREDENTIALS", "GOOGLE_SERVICE_ACCOUNT", "GOOGLE_SERVICE_ACCOUNT_PATH")
_AZ_SIGNS = ("AZURE_STORAGE_ACCOUNT_KEY", "AZURE_STORAGE_SAS_TOKEN", "AZURE_STORAGE_SAS_KEY")


def store_of(address: str, *, retries: bool = True) -> tuple[ObjectStore, str]:
    """The store of an address and the key of the file in it; without `retries` a refusal is told at once."""
    from obstore.store import AzureStore, GCSStore, HTTPStore, S3Store  # noqa: PLC0415 - most tumours are on disk

    parts = urlsplit(address)
    shared: dict[str, Any] = {
        "client_options": {"allow_http": True, **TIMEOUTS},
        "retry_config": RETRIES if retries else {"max_retries": 0},
    }
    key = parts.path.lstrip("/")
    match parts.scheme.lower():
        case "s3":
            endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
            place: dict[str, Any] = (
                {"endpoint": endpoint, "virtual_hosted_style_request": False} if endpoint else {}
            )
            region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
            return S3Store(
                parts.netloc, region=region, skip_signature=_unsigned(_S3_SIGNS), **place, **shared
            ), key
        case "gs":
            return GCSStore(parts.netloc, skip_signature=_unsigned(_GS_SIGNS), **shared), key
        case "az":
            return AzureStore(parts.netloc, skip_signature=_unsigned(_AZ_SIGNS), **shared), key
        case _:
            return HTTPStore.from_url(address, **shared), ""


def _unsigned(signs: tuple[str, ...]) -> bool:
    """Whether the environment names no credentials: then none are looked for elsewhere, which takes seconds."""
    return not any(os.environ.get(name) for name in signs)
