# What the command line prints.
cli-database-failed = The database could not be used: { $why }. Check the folder or URL and its rights.
cli-file-failed = { $file }: { $why }.
cli-file-problem = line { $line }, column { $column } ({ $pointer }): { $what } { $remedy }
cli-sheet-problem = row { $row }, column “{ $column }”: { $what } { $remedy }
cli-demo-making = Making a unit with twelve branches, two hundred members, four banks and two tests …
cli-demo-not-empty = { $value } holds other data. Choose another folder with --data, or leave it out for a temporary one.
cli-demo-ready =
    Kaohe is ready:  { $address }

      administrator   admin
      organizer       organizer
      committee       committee     (the whole unit)
                      secretary     (one branch)
      member          m001

    Password of each: { $password }
    Data: { $folder }
    Stop with Ctrl-C.
cli-serving = Kaohe serves { $address } from { $data }. Stop with Ctrl-C.
cli-first-link = There is no administrator yet. Make the first one here (works once): { $link }
cli-clock-behind = The machine's clock lies behind the last stored event of { $value }. Set the clock, or start with --accept-clock if the time is right.
cli-already-served = These data are served already by process { $value }. Stop that one first, or use another folder.
cli-cannot-listen = Can't listen there ({ $value }). Another program may use the port: choose another with --listen.
cli-bank-good = { $file }: bank { $bank }, { $count } questions, no errors.
cli-bank-bad = Files with errors: { $value }. Mend them and check again.
cli-bank-loaded = { $bank }: edition { $edition }; { $added } added, { $changed } changed, { $removed } removed, { $unchanged } unchanged.
cli-bank-would-load = { $bank }: would be edition { $edition }; { $added } added, { $changed } changed, { $removed } removed, { $unchanged } unchanged. Nothing was stored.
cli-branches-loaded = Branches: { $new } new, { $changed } changed, { $moved } moved, { $unchanged } unchanged, { $missing } not in the file (kept).
cli-members-loaded = People: { $new } new, { $changed } changed, { $moved } moved, { $ended } ended, { $unchanged } unchanged, { $missing } not in the file (kept).
cli-first-passwords = First passwords (shown only now; each is changed at the first sign-in):
cli-first-password = First password: { $password } (shown only now; to be changed at the first sign-in)
cli-dry-run = Nothing was stored: this was a dry run.
cli-user-added = { $login } was added.
cli-password-set = The password of { $login } was set; all sessions have ended.
cli-test-made = Test { $test } was made. Proof that papers were not changed: { $commitment }
cli-test-opened = Test { $test } is open.
cli-test-closed = Test { $test } is closed; every attempt has ended and is marked.
cli-draw-holds = The draw holds: { $papers } papers drawn again, each the same, and the commitment fits.
cli-commitment-broken = The commitment of { $value } doesn't fit: blueprint, editions, audience or secret were changed after it was made.
cli-draw-differs = These attempts have papers that the draw doesn't give: { $value }
cli-trace-holds = The change record holds: { $links } entries, head { $head }.
cli-trace-broken = The change record is broken, first at { $value }: an entry was edited, removed or put in another order, or a mark differs from it.
cli-report-final = Final
cli-report-provisional = Not final yet
cli-report-heading = due	sat	participation %	mean %	pass %	excellent %	branch (* its own members)
cli-whole-unit = whole unit
cli-backup-exists = { $value } is there already. Choose another name: a copy never overwrites.
cli-backup-written = { $file } holds a consistent copy. Try it: kaohe restore { $file } --data NEW-FOLDER
cli-restore-not-empty = { $value } holds data already. Restore into an empty folder.
cli-restored = Restored into { $folder }.
