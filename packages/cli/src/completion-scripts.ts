/** What each shell loads to complete the command's words: it asks the command, so that it never tells of an older one. */
export const completionScripts = {
  bash: `_fedbridge() {
  local found line
  COMPREPLY=()
  found=$(fedbridge complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  [ -n "$found" ] || return 0
  while IFS= read -r line; do COMPREPLY+=("\${line%%$'\\t'*}"); done <<<"$found"
}
complete -o bashdefault -o default -F _fedbridge fedbridge
`,
  zsh: `#compdef fedbridge
_fedbridge() {
  local -a found
  local line
  for line in "\${(@f)$(fedbridge complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( $#found )); then _describe fedbridge found; else _files; fi
}
if [[ $funcstack[1] = _fedbridge ]]; then _fedbridge "$@"; else compdef _fedbridge fedbridge; fi
`,
  fish: `function __fedbridge_complete
    set -l found (fedbridge complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)
    if set -q found[1]
        printf '%s\\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c fedbridge -f -a '(__fedbridge_complete)'
`,
} as const;
