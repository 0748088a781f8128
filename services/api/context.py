"""What every request needs: settings, Temporal, the store, keys, limits; made once with the app."""

from dataclasses import dataclass

from fastapi import Request
from temporalio.converter import PayloadCodec

from services.api.dashboard.prometheus import Prometheus
from services.api.dashboard.service import Service
from services.api.figures.showing import Figures
from services.api.links import LinkKey
from services.api.rate_limit import Limits
from services.api.settings import ServiceSettings
from services.api.signing_keys import SigningKeys
from services.api.store_link import StoreLink
from services.api.temporal_link import TemporalLink
from services.api.tokens import TokenCheck
from services.api.update_queue import UpdateQueue


@dataclass(frozen=True)
class Context:
    """What every request needs.

    Attributes:
        settings: All settings.
        temporal: The way to Temporal, which may be away.
        store: The way to the store, which may be away.
        tokens: Checks bearer tokens.
        signing: The keys with which the API vouches for decisions.
        links: Makes and reads signed links.
        limits: How often somebody may ask.
        updates: Lines up the updates of each workflow.
        codec: Encrypts and decrypts payloads, for the Temporal UI.
        figures: What Prometheus sees.
        dashboard: Where the dashboard's readings come from.
    """

    settings: ServiceSettings
    temporal: TemporalLink
    store: StoreLink
    tokens: TokenCheck
    signing: SigningKeys
    links: LinkKey
    limits: Limits
    updates: UpdateQueue
    codec: PayloadCodec
    figures: Figures
    dashboard: Prometheus | Service


def current_context(request: Request) -> Context:
    """The dependency by which a route gets the app's context."""
    context: Context = request.app.state.context
    return context
