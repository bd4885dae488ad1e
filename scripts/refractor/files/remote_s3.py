"""s3:// addresses as signed https requests (AWS Signature Version 4), with the credentials of the environment.

AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION or AWS_DEFAULT_REGION, and AWS_ENDPOINT_URL
for other object stores; without a key requests are not signed, as public buckets want it.
Source: https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

_EMPTY = hashlib.sha256(b"").hexdigest()


def s3_request(
    address: str, headers: Mapping[str, str], *, now: datetime | None = None
) -> tuple[str, dict[str, str]]:
    """The https address and headers of a GET; an http(s) address and its headers as they are."""
    parts = urlsplit(address)
    if parts.scheme.lower() != "s3":
        return address, dict(headers)
    region = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1"
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    key = quote(parts.path, safe="/~")
    if endpoint:
        base = urlsplit(endpoint)
        scheme, host, path = base.scheme, base.netloc, f"{base.path.rstrip('/')}/{parts.netloc}{key}"
    elif "." in parts.netloc:  # a dot in a bucket's name breaks the certificate of the other form
        scheme, host, path = "https", f"s3.{region}.amazonaws.com", f"/{parts.netloc}{key}"
    else:
        scheme, host, path = "https", f"{parts.netloc}.s3.{region}.amazonaws.com", key
    url = f"{scheme}://{host}{path}"
    identifier, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    if not identifier or not secret:
        return url, dict(headers)
    stamp = (now or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
    signed = {**headers, "x-amz-content-sha256": _EMPTY, "x-amz-date": stamp}
    if token := os.environ.get("AWS_SESSION_TOKEN"):
        signed["x-amz-security-token"] = token
    authorization = _authorization(
        {**signed, "host": host}, path, identifier=identifier, secret=secret, region=region, stamp=stamp
    )
    return url, {**signed, "Authorization": authorization}


def _authorization(
    headers: Mapping[str, str], path: str, *, identifier: str, secret: str, region: str, stamp: str
) -> str:
    """The header that signs a GET of `path` without a query."""
    lower = {name.lower(): value.strip() for name, value in headers.items()}
    names = ";".join(sorted(lower))
    canonical = "\n".join(
        ["GET", path, "", *(f"{name}:{lower[name]}" for name in sorted(lower)), "", names, _EMPTY]
    )
    scope = f"{stamp[:8]}/{region}/s3/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{secret}".encode()
    for part in (stamp[:8], region, "s3", "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{digest}"
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return f"AWS4-HMAC-SHA256 Credential={identifier}/{scope},SignedHeaders={names},Signature={signature}"
