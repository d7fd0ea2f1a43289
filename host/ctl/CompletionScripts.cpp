#include "host/ctl/Completion.h"

namespace coffer::ctl {

namespace {

constexpr std::string_view bashScript =
    R"script(# Completion of cofferctl for bash. cofferctl itself knows what there is.
_cofferctl() {
    local program=${COMP_WORDS[0]/#\~/$HOME} words=() word= quote= i
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        # Bash splits words at : and =, cofferctl does not.
        if ((${#words[@]})) && [[ $word == [:=] || ${COMP_WORDS[i - 1]} == [:=] ]]; then
            words[-1]+=$word
        else
            words+=("$word")
        fi
    done
    quote=${words[-1]:0:1}
    [[ $quote == [\'\"] ]] || quote=
    for i in "${!words[@]}"; do
        word=${words[i]}
        if [[ $word == \'* ]]; then
            word=${word#\'} word=${word%\'}
        elif [[ $word == \"* ]]; then
            word=${word#\"} word=${word%\"}
        fi
        words[i]=${word//\\/}
    done
    local current=${words[-1]}
    local tail=${current##*[:=]}
    local before=${current%"$tail"}
    COMPREPLY=()
    while IFS=$'\t' read -r word _; do
        case $word in
            :file | :folder)
                compopt -o filenames
                local kind=-f
                [ "$word" = :file ] || kind=-d
                mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen $kind -- "$tail")
                ;;
            *)
                word=${word#"$before"}
                [ -n "$quote" ] || printf -v word %q "$word"
                COMPREPLY+=("$word")
                ;;
        esac
    done < <("$program" __complete "${words[@]}" 2>/dev/null)
}
complete -F _cofferctl cofferctl
)script";

constexpr std::string_view zshScript = R"script(#compdef cofferctl
# Completion of cofferctl for zsh. cofferctl itself knows what there is.
_cofferctl() {
    local line
    local -a lines found
    lines=("${(@f)$("${(Q)words[1]}" __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    for line in $lines; do
        case $line in
            :file*) _files; return ;;
            :folder*) _files -/; return ;;
            *$'\t'*) found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}") ;;
        esac
    done
    (( $#found )) && _describe cofferctl found
}
if [ "$funcstack[1]" = _cofferctl ]; then
    _cofferctl "$@"
else
    compdef _cofferctl cofferctl
fi
)script";

} // namespace

std::string_view completionScript(std::string_view shell) {
    return shell == "zsh" ? zshScript : bashScript;
}

} // namespace coffer::ctl
