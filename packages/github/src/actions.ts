/** What is used of the runner's library: bundled on its own, since most of it is about running programs. */
export {
  debug,
  endGroup,
  error,
  getInput,
  getState,
  info,
  notice,
  setFailed,
  setSecret,
  startGroup,
  warning,
} from '@actions/core';
