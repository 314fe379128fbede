#!/usr/bin/env node
import { realSystem } from '@fedbridge/core';
import { runCli } from './cli.ts';
import { Terminal } from './terminal.ts';

await runCli(process.argv.slice(2), new Terminal(process), realSystem(process.env));
