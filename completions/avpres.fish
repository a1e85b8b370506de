# Completion of avpres for fish; made by `avpres completion fish`.
function __avpres_command
    set -l words (commandline -opc)
    if test (count $argv) -eq 0
        test (count $words) -eq 1
    else
        test (count $words) -gt 1; and test "$words[2]" = "$argv[1]"
    end
end

function __avpres_without
    set -l words (commandline -opc)
    for word in $argv
        contains -- $word $words[3..]; and return 1
    end
    return 0
end

complete -c avpres -f
complete -c avpres -n '__avpres_command' -l help -s h -d 'show help'
complete -c avpres -n '__avpres_command' -l version -d 'print the version'
complete -c avpres -n '__avpres_command' -l install-completion -d 'complete words in the current shell'
complete -c avpres -n '__avpres_command' -l show-completion -d 'print what --install-completion installs'
complete -c avpres -n '__avpres_command' -a copy -d 'Copy files and folders, and prove that every byte has arrived.'
complete -c avpres -n '__avpres_command' -a doctor -d 'Tell which engines and tools are here, what is missing and how to get it.'
complete -c avpres -n '__avpres_command' -a config -d 'Show the settings in force and where each comes from, or begin a settings file.'
complete -c avpres -n '__avpres_command' -a completion -d 'Print a completion script for bash, zsh or fish.'
complete -c avpres -n '__avpres_command copy' -F
complete -c avpres -n '__avpres_command copy' -l to -r -F -d 'a further destination, from the same source read'
complete -c avpres -n '__avpres_command copy' -l lto -l no-lto -d 'treat tape volumes by LTFS rules (else detected)'
complete -c avpres -n '__avpres_command copy' -l digest -s d -x -a 'md5 sha1 sha256 sha512 xxh64 xxh3 xxh128 blake3 c4' -d 'digest to record in a manifest beside the copy'
complete -c avpres -n '__avpres_command copy' -l verify -x -a 'full size none' -d 'read every byte back, compare sizes only, or neither'
complete -c avpres -n '__avpres_command copy' -l require-medium -l no-require-medium -d 'accept only a read-back proven to come from the medium'
complete -c avpres -n '__avpres_command copy' -l replace -d 'overwrite files at the destination that differ'
complete -c avpres -n '__avpres_command copy' -l backend -x -a 'auto native cp rsync ditto gcp robocopy' -d 'what moves the bytes: auto, native, cp, rsync, ditto, gcp, robocopy'
complete -c avpres -n '__avpres_command copy' -l exclude -x -d 'leave out names or paths that match this pattern'
complete -c avpres -n '__avpres_command copy' -l skip-junk -l no-skip-junk -d 'leave out .DS_Store, Thumbs.db and their like'
complete -c avpres -n '__avpres_command copy' -l links -x -a 'keep follow skip' -d 'symbolic links inside a source'
complete -c avpres -n '__avpres_command copy' -l xattrs -l no-xattrs -d 'copy extended attributes, ACLs and resource forks too'
complete -c avpres -n '__avpres_command copy' -l mhl -l no-mhl -d 'write a Media Hash List 1.1 beside the copy'
complete -c avpres -n '__avpres_command copy' -l ascmhl -l no-ascmhl -d 'add an ASC MHL generation to the copy'
complete -c avpres -n '__avpres_command copy' -l per-item -l no-per-item -d 'a manifest and record for each source of a list or pattern'
complete -c avpres -n '__avpres_command copy' -l from-list -r -F -d 'read sources from a file, one a line; - is standard input'
complete -c avpres -n '__avpres_command copy' -l glob -x -d 'copy what matches this pattern in each source folder'
complete -c avpres -n '__avpres_command copy' -l jobs -s j -x -d 'parallel copies (else by medium)'
complete -c avpres -n '__avpres_command copy' -l reserve -x -d 'percent of the volume to keep free (tape 5, disk 0)'
complete -c avpres -n '__avpres_command copy' -l skip-space-check -d 'begin although the volume reports too little space'
complete -c avpres -n '__avpres_command copy' -l recheck -d 'read again also what the journal says is verified'
complete -c avpres -n '__avpres_command copy' -l checkpoint -x -d 'GiB between two index writes on tape'
complete -c avpres -n '__avpres_command copy' -l dry-run -d 'print the plan and copy nothing'
complete -c avpres -n '__avpres_command copy' -l status -d 'tell how far this copy is and do nothing'
complete -c avpres -n '__avpres_command copy' -l report -r -F -d 'write a report here; .html .csv .txt or .json says which kind'
complete -c avpres -n '__avpres_command copy' -l json -d 'print the whole report as JSON'
complete -c avpres -n '__avpres_command copy' -l progress -x -a 'auto bar plain json none' -d 'how progress is shown on standard error'
complete -c avpres -n '__avpres_command copy' -l config -r -F -d 'settings file to use'
complete -c avpres -n '__avpres_command copy' -l log-dir -r -F -d 'folder for the run log'
complete -c avpres -n '__avpres_command copy' -l operator -x -d 'who runs this, for the records'
complete -c avpres -n '__avpres_command copy' -l no-input -d 'never ask, even on a terminal'
complete -c avpres -n '__avpres_command copy' -l verbose -s v -d 'say more; twice for all'
complete -c avpres -n '__avpres_command copy' -l quiet -s q -d 'say only errors and the result'
complete -c avpres -n '__avpres_command copy' -l debug -d 'show a traceback when something fails'
complete -c avpres -n '__avpres_command copy' -l help -s h -d 'show help'
complete -c avpres -n '__avpres_command doctor' -F
complete -c avpres -n '__avpres_command doctor' -l speed -d 'measure how fast each digest is here'
complete -c avpres -n '__avpres_command doctor' -l json -d 'print the whole report as JSON'
complete -c avpres -n '__avpres_command doctor' -l progress -x -a 'auto bar plain json none' -d 'how progress is shown on standard error'
complete -c avpres -n '__avpres_command doctor' -l config -r -F -d 'settings file to use'
complete -c avpres -n '__avpres_command doctor' -l log-dir -r -F -d 'folder for the run log'
complete -c avpres -n '__avpres_command doctor' -l operator -x -d 'who runs this, for the records'
complete -c avpres -n '__avpres_command doctor' -l no-input -d 'never ask, even on a terminal'
complete -c avpres -n '__avpres_command doctor' -l verbose -s v -d 'say more; twice for all'
complete -c avpres -n '__avpres_command doctor' -l quiet -s q -d 'say only errors and the result'
complete -c avpres -n '__avpres_command doctor' -l debug -d 'show a traceback when something fails'
complete -c avpres -n '__avpres_command doctor' -l help -s h -d 'show help'
complete -c avpres -n '__avpres_command config; and __avpres_without show init path' -f -a 'show init path'
complete -c avpres -n '__avpres_command config' -F
complete -c avpres -n '__avpres_command config' -l json -d 'print the whole report as JSON'
complete -c avpres -n '__avpres_command config' -l progress -x -a 'auto bar plain json none' -d 'how progress is shown on standard error'
complete -c avpres -n '__avpres_command config' -l config -r -F -d 'settings file to use'
complete -c avpres -n '__avpres_command config' -l log-dir -r -F -d 'folder for the run log'
complete -c avpres -n '__avpres_command config' -l operator -x -d 'who runs this, for the records'
complete -c avpres -n '__avpres_command config' -l no-input -d 'never ask, even on a terminal'
complete -c avpres -n '__avpres_command config' -l verbose -s v -d 'say more; twice for all'
complete -c avpres -n '__avpres_command config' -l quiet -s q -d 'say only errors and the result'
complete -c avpres -n '__avpres_command config' -l debug -d 'show a traceback when something fails'
complete -c avpres -n '__avpres_command config' -l help -s h -d 'show help'
complete -c avpres -n '__avpres_command completion; and __avpres_without bash zsh fish' -f -a 'bash zsh fish'
complete -c avpres -n '__avpres_command completion' -l help -s h -d 'show help'
