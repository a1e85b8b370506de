"""Worker processes: forked from one that has loaded what they need, limited, replaced on death."""
