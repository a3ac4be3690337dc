"""`interface Node`: whatever has an id of its own and can be asked for by it."""

import strawberry


@strawberry.interface(description="有全局编号、可凭编号查询者 / Whatever can be asked for by its id")
class Node:
    """Ids are the hub's own, readable and unlike each other from kind to kind, so that none needs to be wrapped."""

    id: strawberry.ID = strawberry.field(description="全局编号，可用于 node / Its global id, for `node`")
