"""Prints what of each command line the AWS CLI does not have. Its one argument is a list of them, of words after "aws", as JSON."""

import json
import sys

from awscli.clidriver import create_clidriver

aws = create_clidriver().create_help_command()


def names(arguments):
    return {"--" + getattr(one, "cli_name", name).lstrip("-") for name, one in arguments.items()}


def unknown(words):
    table, arguments, rest = aws.command_table, {}, list(words)
    while rest and rest[0] in table:
        command = table[rest.pop(0)].create_help_command()
        table, arguments = command.command_table, command.arg_table
    takes_words = any(getattr(one, "positional_arg", False) for one in arguments.values())
    stray = rest[:1] if rest and not rest[0].startswith("-") and not takes_words else []
    options = [word.split("=")[0] for word in rest if word.startswith("--")]
    return stray + [one for one in options if one not in names(arguments) | names(aws.arg_table)]


print(json.dumps([unknown(line) for line in json.loads(sys.argv[1])]))
