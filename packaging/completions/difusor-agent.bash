# bash completion of difusor-agent: packaging/completions, written by `make shipped`
_difusor_agent() {
    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} at="" words="" files="" i
    for ((i = 1; i < COMP_CWORD; i++)); do
        case "${at:+$at }${COMP_WORDS[i]}" in
            "status" | "releases" | "publish" | "retry" | "withdraw" | "config" | "profile" | "verify" | "clock" | "check" | "notify" | "journal" | "huellas" | "setup" | "run" | "simulacro" | "demo" | "releases list" | "releases activate" | "releases resume" | "releases remove" | "config validate" | "config reload" | "config show" | "config schema" | "profile new" | "profile validate" | "profile show" | "profile schema" | "notify test" | "journal show" | "journal verify" | "journal export") at="${at:+$at }${COMP_WORDS[i]}" ;;
        esac
    done
    case "$before" in
        --config) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
        --language) mapfile -t COMPREPLY < <(compgen -W "en es" -- "$current"); return ;;
        --waive) mapfile -t COMPREPLY < <(compgen -W "clock-drift clock-jump clock-uncertain clock-unsynchronized corte-mismatch no-html uncovered-file unexpected-series weak-algorithm" -- "$current"); return ;;
        --hash) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
        --event) mapfile -t COMPREPLY < <(compgen -W "AGENT_STARTED AGENT_STOPPED CLOCK_DRIFT CLOCK_FALSETICKER CLOCK_JUMP CLOCK_SYNCHRONIZED CLOCK_UNCERTAIN CONFIG_CHANGED CONFIG_REJECTED CONFIG_RELOADED CORTE_NOT_SHOWN CORTE_OVERDUE CORTE_PUBLISHED CORTE_RESUMED DELIVERY_IGNORED DELIVERY_SEEN DELIVERY_SET_ASIDE DELIVERY_STALLED DROP_CLEAR DROP_CLOSED DROP_CROWDED DROP_SERVICE_STOPPED GATE_CLOSED GATE_OPENED HEAL_FAILED HOOK_FAILED HOOK_RECOVERED INTERNAL_FAULT NOTIFY_FAILED OPERATOR_ACTION PACKAGE_DUPLICATE PACKAGE_HELD PACKAGE_REJECTED PACKAGE_SUPERSEDED PACKAGE_VERIFIED PROBE_FAILED PROBE_MISMATCH PROBE_RECOVERED PROBE_STALE SENTINEL_BLIND SENTINEL_SEES STORAGE_FAILED STORAGE_LOW STORAGE_RECOVERED SYSLOG_FAILED SYSLOG_RECOVERED TAMPER_DETECTED TAMPER_HEALED TROUBLE_ENDED" -- "$current"); return ;;
        --from) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
        --syslog) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    esac
    case "$at" in
        "") words="status releases publish retry withdraw config profile verify clock check notify journal huellas setup run simulacro demo --help --version --config --json --language" ;;
        "status") words="--watch --help --config --json --language" ;;
        "releases") words="list activate resume remove --help --config --json --language" ;;
        "publish") words="--reason --corte --waive --help --config --json --language" files=-f ;;
        "retry") words="--help --config --json --language" ;;
        "withdraw") words="--reason --force --help --config --json --language" ;;
        "config") words="validate reload show schema --help --config --json --language" ;;
        "profile") words="new validate show schema --help --config --json --language" ;;
        "verify") words="--hash --profile --help --config --json --language" files=-f ;;
        "clock") words="--help --config --json --language" ;;
        "check") words="--html --anexo1 --help --config --json --language" ;;
        "notify") words="test --help --config --json --language" ;;
        "journal") words="show verify export --help --config --json --language" ;;
        "huellas") words="--help --config --json --language" ;;
        "setup") words="--site --institute-address --institute-key --password --no-push --certificate --key --election --dry-run --yes --undo --help --config --json --language" ;;
        "run") words="--help --config --json --language" ;;
        "simulacro") words="--help --config --json --language" ;;
        "demo") words="--help --config --json --language" ;;
        "releases list") words="--help --config --json --language" ;;
        "releases activate") words="--reason --hold --help --config --json --language" ;;
        "releases resume") words="--help --config --json --language" ;;
        "releases remove") words="--reason --help --config --json --language" ;;
        "config validate") words="--help --config --json --language" ;;
        "config reload") words="--help --config --json --language" ;;
        "config show") words="--help --config --json --language" ;;
        "config schema") words="--help --config --json --language" ;;
        "profile new") words="--out --help --config --json --language" ;;
        "profile validate") words="--help --config --json --language" files=-f ;;
        "profile show") words="--help --config --json --language" ;;
        "profile schema") words="--help --config --json --language" ;;
        "notify test") words="--help --config --json --language" ;;
        "journal show") words="--event --corte --since --until --last --follow --help --config --json --language" ;;
        "journal verify") words="--from --syslog --help --config --json --language" ;;
        "journal export") words="--out --help --config --json --language" ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" $files -- "$current")
}
complete -o filenames -F _difusor_agent difusor-agent
