"""Prints which options each command of the AWS CLI has. Its one argument is a list of commands as JSON."""

import json
import sys

from awscli.clidriver import create_clidriver


def options(table, words):
    help_command = table[words[0]].create_help_command()
    if len(words) > 1:
        return options(help_command.command_table, words[1:])
    named = ((getattr(one, "cli_name", name)).lstrip("-") for name, one in help_command.arg_table.items())
    return sorted(f"--{name}" for name in named)


services = create_clidriver().create_help_command().command_table
print(json.dumps({line: options(services, line.split(" ")) for line in json.loads(sys.argv[1])}))
