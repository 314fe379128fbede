#!/usr/bin/env node
// What pre-commit runs, from its clone of this repository: without it being executable no program of the system starts it.
import './dist/pre-commit/index.js';
