"""Parsed YAML as plain values, to compare with literals."""

from sayso.publish.reading.document import Group, Items, Node, Scalar


def plain(node: Node | None) -> object:
    match node:
        case Scalar():
            return node.text
        case Items():
            return [plain(item) for item in node.items]
        case Group():
            return {key.text: plain(value) for key, value in node.entries}
        case None:
            return None
