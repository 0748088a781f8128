"""Makes sure that the namespace knows our search attributes before a workflow can set one.

An upsert of an unknown attribute fails the workflow task again and again; such a workflow stands still until
somebody registers the attribute.
"""

import logging

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from temporal.command_line import FAILED, CommandError
from temporal.messages.search_attributes import ALL

log = logging.getLogger(__name__)


async def ensure_search_attributes(client: Client) -> None:
    """Registers what is missing.

    Where the server does not let a client look (Temporal Cloud has an API of its own for it), a warning names
    what has to be there.

    Raises:
        CommandError: An attribute is missing and cannot be added, or has another type (exit code 1).
    """
    wanted = {key.name: IndexedValueType.ValueType(key.indexed_value_type) for key in ALL}
    try:
        listed = await client.operator_service.list_search_attributes(
            ListSearchAttributesRequest(namespace=client.namespace)
        )
    except RPCError as error:
        if error.status not in (RPCStatusCode.UNIMPLEMENTED, RPCStatusCode.PERMISSION_DENIED):
            raise CommandError(f"search attributes: {error.message}", FAILED) from error
        log.warning("search attributes cannot be checked here; required: %s", ", ".join(wanted))
        return
    known = dict(listed.custom_attributes)
    for name, kind in wanted.items():
        if known.get(name, kind) != kind:
            raise CommandError(
                f"search attribute {name}: has another type here than {IndexedValueType.Name(kind)}", FAILED
            )
    if missing := {name: kind for name, kind in wanted.items() if name not in known}:
        await _add(client, missing)


async def _add(client: Client, missing: dict[str, IndexedValueType.ValueType]) -> None:
    try:
        await client.operator_service.add_search_attributes(
            AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
        )
    except RPCError as error:
        if error.status is RPCStatusCode.ALREADY_EXISTS:  # another worker was faster
            return
        raise CommandError(
            f"search attributes {', '.join(missing)}: missing and cannot be added ({error.message})", FAILED
        ) from error
