"""Reads documents that were written for others with parsers that are not ours: JSON lines in, JSON lines out."""
import json
import sys

import cfnlint.api
import hcl2
import tree_sitter
import tree_sitter_bicep
from policyuniverse.policy import Policy

bicep = tree_sitter.Parser(tree_sitter.Language(tree_sitter_bicep.language()))


def iam(text):
    policy = Policy(json.loads(text))
    [statement] = policy.statements
    return {
        "principals": sorted(statement.principals),
        "actions": sorted(statement.actions),
        "conditions": statement.statement["Condition"],
        "isOpen": policy.is_internet_accessible(),
    }


def terraform(text):
    return hcl2.loads(text)


def cloudformation(text):
    return [str(match) for match in cfnlint.api.lint(text, config=cfnlint.api.ManualArgs(regions=["eu-central-1"]))]


def bicep_errors(text):
    found = []

    def walk(node):
        if node.is_error or node.is_missing:
            found.append(f"{node.type} at {node.start_point}")
        for child in node.children:
            walk(child)

    walk(bicep.parse(text.encode()).root_node)
    return found


parsers = {"json": iam, "terraform": terraform, "cloudformation": cloudformation, "bicep": bicep_errors}
for line in sys.stdin:
    document = json.loads(line)
    print(json.dumps(parsers[document["format"]](document["text"]), default=str), flush=True)
