"""Signing in with an identity provider (OpenID Connect, code flow with PKCE), by authlib.

What must survive the way there and back (state, nonce, verifier, where to go on to) waits in a cookie of the same browser
for ten minutes; only that browser can finish what it began. The provider's words for roles are translated by the settings;
somebody without a role here does not come in.
"""

import secrets
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import orjson
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from adapters.registry import regions
from gateway.auth import Viewer
from gateway.console import sessions
from gateway.console.answering import refuse
from gateway.console.rendering import own
from gateway.hub import Hub
from schema.errors import Problem, RequestError
from schema.vocabulary import Role
from sync.settings import SignInSettings

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import AsyncOAuth2Client

router = APIRouter(include_in_schema=False)
_COOKIE: Final = "dexhub_provider"
_SECONDS: Final = 600
_PATIENCE: Final = 10  # seconds for each answer of the provider
_ALGORITHMS: Final = ["RS256", "ES256", "PS256", "EdDSA"]


@router.get("/sign-in/provider")
async def begin(request: Request, next: str = "/") -> Response:  # noqa: A002  what the address calls it
    """To the provider."""
    hub: Hub = request.app.state.hub
    try:
        provider = _provider(hub)
        about = await _about(provider)
    except RequestError as error:
        return refuse(request, None, [each.as_dict() for each in error.problems], error.status)
    kept = {
        "state": secrets.token_urlsafe(24),
        "nonce": secrets.token_urlsafe(24),
        "verifier": secrets.token_urlsafe(48),
        "next": next,
    }
    asked = {
        "response_type": "code", "client_id": provider.client_id, "redirect_uri": _back(request), "scope": "openid profile",
        "state": kept["state"], "nonce": kept["nonce"], "code_challenge": _challenge(kept["verifier"]),
        "code_challenge_method": "S256",
    }  # fmt: skip
    response = RedirectResponse(f"{about['authorization_endpoint']}?{urlencode(asked)}", 303)
    sessions.give(response, request, _COOKIE, orjson.dumps(kept).hex(), _SECONDS)
    return response


@router.get("/sign-in/back")
async def back(request: Request, code: str = "", state: str = "") -> Response:
    """From the provider: the code becomes claims, the claims a session."""
    hub: Hub = request.app.state.hub
    try:
        provider, kept = _provider(hub), _kept(request)
        if not secrets.compare_digest(kept.get("state", "").encode(), state.encode()) or not code:
            raise _failed("回答与请求不符", "the answer does not fit what was asked")
        viewer = _viewer(provider, await _claims(provider, kept, code, _back(request)))
    except RequestError as error:
        return refuse(request, None, [each.as_dict() for each in error.problems], error.status)
    response = RedirectResponse(own(kept["next"]), 303)
    sessions.give(response, request, sessions.COOKIE, await sessions.begin(hub, viewer))
    response.delete_cookie(_COOKIE, path="/")
    return response


async def _claims(provider: SignInSettings, kept: dict[str, str], code: str, redirect: str) -> dict[str, Any]:
    """What the provider says of who signed in, its signature, audience, age and nonce checked."""
    from joserfc import jwt  # noqa: PLC0415  as in `_client`
    from joserfc.errors import JoseError  # noqa: PLC0415  as in `_client`
    from joserfc.jwk import KeySet  # noqa: PLC0415  as in `_client`

    about = await _about(provider)
    try:
        async with _client(provider, provider.secret()) as client:
            token = await client.fetch_token(
                about["token_endpoint"], code=code, code_verifier=kept["verifier"], redirect_uri=redirect
            )
            keys = (await client.request("GET", about["jwks_uri"], withhold_token=True)).json()
        claims = jwt.decode(token["id_token"], KeySet.import_key_set(keys), algorithms=_ALGORITHMS).claims
        jwt.JWTClaimsRegistry(
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": provider.client_id},
            exp={"essential": True},
            nonce={"essential": True, "value": kept["nonce"]},
        ).validate(claims)
    except JoseError:
        raise _failed("身份凭证未通过核对", "the token did not pass its checks") from None
    except Exception as error:  # whatever a provider answers, it is one thing to whoever wants to sign in
        raise _failed("统一认证没有给出身份", "the provider gave no identity") from error
    return dict(claims)


def _viewer(provider: SignInSettings, claims: dict[str, Any]) -> Viewer:
    said = str(claims.get(provider.role_claim, ""))
    role = provider.roles.get(said) or (Role(said) if said in tuple(Role) else None)
    region = str(claims.get(provider.region_claim, "")) or None
    name = str(claims.get("preferred_username") or claims.get("name") or claims["sub"])[:80]
    if role is None or (role is Role.REGION and region not in regions()):
        raise RequestError(
            Problem(
                "ROLE_MISSING", provider.role_claim, "您的账号在本系统没有角色", "your account has no role here", said,
                "请管理员在统一认证中为您设置角色和地区", "ask your administrator to give it a role and a region",
            ),
            status=403,
        )  # fmt: skip
    return Viewer(name, role, region if role is Role.REGION else None)


async def _about(provider: SignInSettings) -> dict[str, Any]:
    """What the provider says of itself."""
    try:
        async with _client(provider) as client:
            place = f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration"
            found: dict[str, Any] = (await client.request("GET", place, withhold_token=True)).raise_for_status().json()
    except Exception as error:  # as in `_claims`
        raise _failed("统一认证没有回答", "the identity provider does not answer") from error
    return found


def _client(provider: SignInSettings, secret: str | None = None) -> "AsyncOAuth2Client":
    """What speaks with the provider. It is loaded when somebody signs in so: it takes eleven megabytes, and most hubs have none."""
    from authlib.integrations.httpx_client import AsyncOAuth2Client  # noqa: PLC0415  see above

    return AsyncOAuth2Client(provider.client_id, secret, timeout=_PATIENCE)


def _challenge(verifier: str) -> str:
    from authlib.oauth2.rfc7636 import create_s256_code_challenge  # noqa: PLC0415  as in `_client`

    found: str = create_s256_code_challenge(verifier)
    return found


def _provider(hub: Hub) -> SignInSettings:
    if hub.settings.sign_in is None:
        raise _failed("没有配置统一认证", "no identity provider is configured")
    return hub.settings.sign_in


def _kept(request: Request) -> dict[str, str]:
    try:
        found: dict[str, str] = orjson.loads(bytes.fromhex(request.cookies.get(_COOKIE, "")))
    except ValueError:
        raise _failed("登录已超时", "signing in took too long") from None
    return found


def _back(request: Request) -> str:
    return str(request.url.replace(path="/sign-in/back", query=""))


def _failed(zh: str, en: str) -> RequestError:
    return RequestError(
        Problem(
            "SIGN_IN_FAILED", "", f"登录未成：{zh}", f"signing in failed: {en}", None,
            "重新登录，或改用密钥", "sign in again, or use a key",
        ),
        status=401,
    )  # fmt: skip
