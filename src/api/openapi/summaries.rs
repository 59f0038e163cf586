//! What each call does.

/// What each call does, by method and path; a test fails where one is missing.
pub const SUMMARIES: &[(&str, &str)] = &[
    (
        "POST /api/v1/session",
        "Sign in with login and password, or with the `code` of a slip; answers with a token for `Authorization: Bearer`. 409 `slip-in-use`: with `take_over` the other device is signed out.",
    ),
    ("DELETE /api/v1/session", "Sign out."),
    ("DELETE /api/v1/sessions", "Sign out everywhere."),
    ("PUT /api/v1/password", "Change one's own password (`before`, `after`)."),
    ("GET /api/v1/me", "Who is signed in, with roles."),
    (
        "POST /api/v1/banks",
        "Load a bank file as a new edition; `dry_run=true` only says what would change. 422 lists every error. Other forms (`form=xlsx|csv|docx|text|gift|aiken|moodle-xml|qti12|qti21|qti3`, or told by the name in `file`) need `bank`, and may have `title`, `columns` (`题干=C,答案=F`) and `kinds` (`1=single,2=multiple`); `skip_faulty=true` leaves faulty questions out (`left_out`); `remarks` say what was decided. `lints=true` adds `warnings`.",
    ),
    (
        "GET /api/v1/overview",
        "Branches over the tests of a period: figures by branch and test, points by topic. Without `branch` the caller's highest; `year` (and `quarter` of it), `occasion` and `kind` (of branch) narrow it; `from` is the first of a page of branches.",
    ),
    (
        "GET /api/v1/overview/circular.docx",
        "The circular about the tests of a `year` or a `quarter` of it, for publication, to be edited: branches stand by themselves only where they do in the circular of each of these tests. 409 `test-not-over` while any of them is open or waits to be marked.",
    ),
    (
        "GET /api/v1/overview/archive.zip",
        "The archive of a `year` or a `quarter` of it: a folder for each settled test whose archive the caller may have, the circular of the period, the annual result where the year is asked for, and a page of contents with the digest of every file that says which tests are missing, and why.",
    ),
    (
        "GET /api/v1/branches/{code}/template",
        "The template for circulars that holds for a branch for which one publishes: its own (`own`), or that of the nearest branch above; `used` is null where there is none.",
    ),
    (
        "PUT /api/v1/branches/{code}/template",
        "Keep a Word file (DOCX, the body) as the template of a branch, in the place of the one it has. 422 `invalid-template` lists everything that keeps it from being one.",
    ),
    ("DELETE /api/v1/branches/{code}/template", "Remove the template of a branch."),
    ("GET /api/v1/branches/{code}/template.docx", "The template that a branch keeps itself."),
    ("GET /api/v1/branches/{code}/template/sample.docx", "A template to begin with, in the language asked for."),
    ("GET /api/v1/banks", "Banks one may draw from."),
    ("GET /api/v1/banks/{bank}", "One bank with counts by topic, kind and difficulty."),
    (
        "GET /api/v1/banks/{bank}/draft",
        "Questions that are to be others in the next edition: as they are (`before`), as they are to be (`after`), by whom; `overtaken` where a newer edition has another question there, `unfinished` where it still has mistakes. `outline`: titles, topics and order, where they are to be others.",
    ),
    (
        "PUT /api/v1/banks/{bank}/draft/questions/{question}",
        "Change a question, or add one, as in a bank file. `seen` is the version that was changed (from the draft; of a question that doesn't wait, empty for a new one, otherwise the digest of the one that is published): 409 `changed-meanwhile` where it is another. `dry_run=true` only checks; with `unfinished=true` it waits in spite of mistakes, and nothing is published before they are mended. Answers with its `version` and what is suspicious.",
    ),
    (
        "GET /api/v1/banks/{bank}/draft/outline",
        "Titles, topics and moves of questions as they are to be, their `version`, and the ids of all questions in that `order`.",
    ),
    (
        "PUT /api/v1/banks/{bank}/draft/outline",
        "Change titles (`title`, `source`), `topics` (all of them, in their order) and the order of questions: each of `moves` puts a `question` behind another (`after`; without it, at the beginning), one move after the other. `seen` is the version that was changed: 409 `changed-meanwhile` where it is another.",
    ),
    ("DELETE /api/v1/banks/{bank}/draft/outline", "Take the outline of a `version` back."),
    ("DELETE /api/v1/banks/{bank}/draft/questions/{question}", "Take a change of a `version` back."),
    (
        "POST /api/v1/banks/{bank}/draft/publish",
        "Publish everything that waits as the next edition, with the reason (`note`); answers as a load does.",
    ),
    (
        "GET /api/v1/questions",
        "Questions of all banks whose keys one may read, fifty from `from` on, and how many there are: `text` (every word is needed), `bank`, `topic`, `kind`, `difficulty_from`, `difficulty_to`, `regulation` and its `article`, `lint`, `retired`, `used` (`never`, `yes`, `flagged`, `weak`: in settled tests whose report one reads), `facility_from` and `facility_to` in percent.",
    ),
    (
        "GET /api/v1/questions/duplicates",
        "Questions of different banks that ask nearly the same, fifty from `from` on, those whose keys contradict each other first.",
    ),
    (
        "GET /api/v1/clauses",
        "Regulations that questions of the banks whose keys one may read cite as data, with articles, counts, and the articles in between of which no question can be drawn.",
    ),
    (
        "GET /api/v1/clauses/amended",
        "Clauses that were noted as amended where one organizes, below or above, with how many questions are still to be checked.",
    ),
    (
        "POST /api/v1/clauses/amended",
        "Note that an `article` (null: all) of a `regulation` was amended, `on` which day, with a `note`.",
    ),
    (
        "GET /api/v1/clauses/amended/{amended}",
        "One of them with the questions that are still to be checked against the amended text, fifty from `from` on.",
    ),
    ("DELETE /api/v1/clauses/amended/{amended}", "Take a note back, with everything that was checked for it."),
    (
        "POST /api/v1/clauses/amended/{amended}/checked",
        "Note that `questions` (each `bank/question`) were checked against the amended text and hold; they are to be checked again once they are changed.",
    ),
    (
        "POST /api/v1/clauses/amended/{amended}/retired",
        "Retire `questions` (each `bank/question`): a new edition of each bank, with the reason (`note`). What else waits in a bank goes on waiting.",
    ),
    (
        "GET /api/v1/banks/{bank}/lints",
        "What is suspicious in the newest edition, for those who may read its keys; it never hinders a load or a draw.",
    ),
    (
        "GET /api/v1/banks/{bank}/export",
        "The newest edition as a bank file, or in another form (`form=xlsx|csv|gift|aiken|moodle-xml|qti21|qti3`, `language=zh|en`), for those who may read its keys. `remarks=true`: only what the form can't hold.",
    ),
    (
        "GET /api/v1/banks/template",
        "A sheet to fill in (`form=xlsx|csv`, `language=zh|en`), with an example of each kind.",
    ),
    (
        "POST /api/v1/banks/marked",
        "The XLSX or CSV file that is sent, as XLSX with faulty cells in colour and a last column that says what is wrong; 204 where nothing is.",
    ),
    (
        "GET /api/v1/me/data",
        "Everything that is kept about you: roles, presence, sittings with what you answered and what changed results, objections, devices. Questions and keys are not in it.",
    ),
    (
        "POST /api/v1/pictures",
        "Take in the picture that is sent (PNG, JPEG, GIF or WebP, up to 2 MB): the `name` under which it is kept, and the `text` by which a question shows it. It is served at `/pictures/{name}` to whoever is signed in.",
    ),
    (
        "POST /api/v1/roster/branches",
        "Load branches from CSV or XLSX; all or nothing. `column=HEADING=MEANING` says what a heading means.",
    ),
    (
        "POST /api/v1/roster/members",
        "Load members and roles from CSV or XLSX; all or nothing. First passwords are returned once. `column=HEADING=MEANING`, `same=LOGIN-OR-ROW=LOGIN` (somebody known; nothing behind the sign: somebody new) and `left=LOGIN=REASON` answer what the dry run asks.",
    ),
    ("GET /api/v1/branches", "Branches within one's rights."),
    ("POST /api/v1/branches", "Add a branch below `parent`, or at the top."),
    ("PATCH /api/v1/branches/{code}", "Change code, name or kind of a branch; what is left out stays."),
    (
        "POST /api/v1/branches/{code}/move",
        "Put a branch with all below it under `parent`, or at the top where that is null.",
    ),
    ("POST /api/v1/branches/{code}/order", "Put a branch one place `up` or `down` among its siblings."),
    ("DELETE /api/v1/branches/{code}", "Delete a branch that nothing ever named; 409 says what does."),
    (
        "GET /api/v1/people",
        "People within one's rights; `branch`, `search`, `role` and `state` (`roster`, `left`, `any`) narrow the list.",
    ),
    ("POST /api/v1/people", "Add a person; without a password a first one is made and returned once."),
    ("PATCH /api/v1/people/{login}", "Change name, login, category or number; what is left out stays."),
    ("POST /api/v1/people/{login}/move", "Move a member to another branch, as of a day or of now."),
    ("POST /api/v1/people/{login}/roles", "Give a role at a branch; `member` brings somebody back on the roster."),
    ("DELETE /api/v1/people/{login}/roles", "Take a role away; one's own as administrator only with `even_own`."),
    ("POST /api/v1/people/{login}/departure", "Take somebody off the roster, with the reason; nothing is deleted."),
    ("GET /api/v1/people/{login}", "One person with roles and memberships."),
    ("POST /api/v1/people/{login}/password", "Give a person a new first password, returned once."),
    ("POST /api/v1/tests", "Make a test from a test file. 422 names every error or shortfall."),
    ("GET /api/v1/tests", "Tests one may sit, manage or read the report of."),
    ("GET /api/v1/tests/{test}", "One test."),
    ("PUT /api/v1/tests/{test}", "Change a test; after the first paper nothing but longer times."),
    ("POST /api/v1/tests/{test}/close", "Close a test now: open attempts are ended and marked."),
    ("POST /api/v1/tests/{test}/cancel", "Cancel a test with a reason."),
    (
        "GET /api/v1/tests/{test}/slips",
        "Who of the audience has a sign-in slip, within one's rights; `branch` narrows it.",
    ),
    (
        "POST /api/v1/tests/{test}/slips",
        "Make sign-in slips for those without one, in `branch` or for `people`; with `anew` for all of them, cancelling theirs. Codes and addresses are returned once.",
    ),
    (
        "PUT /api/v1/tests/{test}/device-check",
        "Try one's device before a test: `shape` and `word` as its page asks for them; counts nowhere.",
    ),
    ("GET /api/v1/tests/{test}/device-checks", "Who has tried a device before a test, by branch, within one's rights."),
    (
        "GET /api/v1/ready",
        "Whether everything is ready for a test: machine, network, copies, and the tests that come next.",
    ),
    ("DELETE /api/v1/tests/{test}/slips/{login}", "Cancel a person's sign-in slip and end the session made from it."),
    (
        "GET /api/v1/tests/{test}/draw",
        "The commitment of the draw, and after the last window everything needed to verify it.",
    ),
    ("GET /api/v1/tests/{test}/presence", "Who is due, sat, is on leave, exempt or disqualified."),
    ("PUT /api/v1/tests/{test}/presence/{login}", "Set one person's presence with a reason; `absent` takes it back."),
    ("PUT /api/v1/tests/{test}/members/{login}", "Give one person another window or extra minutes, with a reason."),
    (
        "POST /api/v1/tests/{test}/attempts",
        "Start or resume one's own attempt; `take_over` makes this session the only one that saves. Questions of kind `match` have `targets` beside `options`.",
    ),
    ("GET /api/v1/attempts/{attempt}", "One's own attempt; with marks, keys and explanations once review is open."),
    (
        "PUT /api/v1/attempts/{attempt}/responses/{position}",
        "Save a response; 204 once it is durable. `single` a label, `multiple` labels, `true_false` a boolean, `blank` a text or null for each gap, `order` every label once, `match` label of an option → label of a target, `numeric` a number or a text such as `3年`, `short` and `essay` a text.",
    ),
    (
        "GET /api/v1/attempts/{attempt}/now",
        "How one's own attempt stands: time, pause, whether another session holds it, messages. Cheap.",
    ),
    ("POST /api/v1/attempts/{attempt}/submit", "Submit; a second time it answers as the first."),
    (
        "POST /api/v1/attempts/{attempt}/late-responses",
        "After the end: what could not be sent in time (`responses`: `position`, `response`, `save`). Answers with the `late` positions and the `code` to show an organizer; nothing is marked until one decides.",
    ),
    (
        "GET /api/v1/tests/{test}/late-responses",
        "What arrived late beside what was stored, with what happened to each attempt and the decision.",
    ),
    ("GET /api/v1/assessments", "Years with an annual assessment that one may read, and where each holds."),
    (
        "GET /api/v1/assessments/{year}",
        "Results of a year for a `branch` (by default the highest of the caller): its `rules`, the settled `tests` of each component, figures of the branch and of those below, every member with `total`, `band`, `rank` and the value of each component, or `why_none`; signed versions, and how many results changed since.",
    ),
    (
        "PUT /api/v1/assessments/{year}",
        "Set the rules of a year at a branch. With `preview=true` nothing is changed: results `before` and `after`.",
    ),
    (
        "GET /api/v1/assessments/{year}/members/{login}",
        "How a member's result came about: each test of each component with its presence, score, value in percent and `use` (`counted`, `not_among`, `dropped`, `waiting`), and adjustments.",
    ),
    (
        "POST /api/v1/assessments/{year}/adjustments",
        "Add `points` to a member's result, or take them away (below 0), with a `reason`.",
    ),
    ("DELETE /api/v1/assessments/{year}/adjustments/{adjustment}", "Take an adjustment back; it stays in the record."),
    ("GET /api/v1/assessments/{year}/results.xlsx", "The results of a year as a workbook: members and branches."),
    (
        "GET /api/v1/assessments/{year}/commended",
        "Members and branches that meet the criteria of the rules, with every criterion and what there is; `place` says whether there is room (`within`), whether equals share the last places (`tied`), or not (`beyond`).",
    ),
    ("GET /api/v1/assessments/{year}/commended.xlsx", "The same as a workbook."),
    (
        "GET /api/v1/assessments/{year}/to-help",
        "Members who need help, why, and their weakest topics: for the committee that is responsible, never for publication.",
    ),
    ("GET /api/v1/assessments/{year}/to-help.xlsx", "The same as a workbook."),
    (
        "GET /api/v1/assessments/{year}/compared",
        "The year beside the year before, as it was signed or else as it stands; `shift` says whether the mean of a branch differs by more than chance.",
    ),
    ("GET /api/v1/assessments/{year}/compared.xlsx", "The same as a workbook."),
    (
        "GET /api/v1/assessments/{year}/marks/{list}",
        "Marks of a list that the committee enters, member by member, each with its source, also those that were replaced.",
    ),
    (
        "POST /api/v1/assessments/{year}/marks/{list}",
        "Enter a member's mark: points of the list's full marks, or percent as text (`\"85%\"`), and where it comes from. It takes the place of one that stands. Nobody enters an own mark.",
    ),
    (
        "PUT /api/v1/assessments/{year}/marks/{list}",
        "Enter a list of marks (CSV or XLSX: login, score, source); all or nothing, every error by row and column. `dry_run=true` only says what would change; `source` holds for rows without one.",
    ),
    ("DELETE /api/v1/assessments/{year}/marks/{list}/{mark}", "Take a mark back; it stays in the record."),
    (
        "POST /api/v1/assessments/{year}/signings",
        "Sign the whole assessment off: rules and results as they are, with a digest and the names of `signers`. From the second time on a `note` says what is different.",
    ),
    (
        "GET /api/v1/tests/{test}/sample",
        "Who was drawn for an inspection, as far as one's branches go: the `groups` that members were drawn from with how many they have and how many were `drawn`, and the `people`.",
    ),
    (
        "POST /api/v1/tests/{test}/make-up",
        "Make a make-up of a settled test for members who were `absent`, `failed` or `excused` (`who`; all of them where left out), each once. `cap` (percent of full marks; the pass line of the first test where left out) is the most that it counts. Without `opens` and `closes` the window is moved ahead by whole weeks. With `holds_review` keys of the first test stay closed to members until the make-up is over. With `dry_run=true` nothing is made: the answer says who would take it, how far questions repeat, and gives the `file`.",
    ),
    (
        "GET /api/v1/tests/{test}/amendments",
        "Corrections of a test in their order: `change`, question or mark, `reason`, `state` (`waiting`, `applying`, `applied`, `refused`), who proposed and decided, and how many results each has `changed`.",
    ),
    (
        "POST /api/v1/tests/{test}/amendments",
        "Correct a test whose results are settled. `change`: `key` (another `answer` takes the place of the key of `question` in `bank`), `accept` (a further `answer` counts), `full_points` (for all who got it), `void` (it doesn't count: on each paper it earns its points at the rate of the rest), or `mark` (the `points` of one `attempt` at one `position`). `answer` is written as in a bank file. With `preview=true` nothing is changed; the answer says whose `results` and which `branches` would change from what to what. Otherwise a `reason` is needed, and where the test has `approve_corrections` a second person.",
    ),
    ("GET /api/v1/tests/{test}/amendments/{amendment}", "What a waiting correction would change."),
    (
        "POST /api/v1/tests/{test}/amendments/{amendment}",
        "Approve (`approved`) or refuse a waiting correction; whoever proposed it can't approve it.",
    ),
    (
        "POST /api/v1/tests/{test}/late-responses/{attempt}",
        "Accept (`accepted`) or refuse the late responses of an attempt, with a `reason`: an amendment.",
    ),
    (
        "POST /api/v1/tests/{test}/late-responses",
        "Accept (`accepted`) or refuse the late responses of all attempts that wait, or of the `attempts` named, with one `reason`; answers with the decisions made. With `preview=true` nothing is changed: the `attempts` that wait, by branch, and how many responses are `new` or `replacing` others.",
    ),
    (
        "POST /api/v1/attempts/{attempt}/objections",
        "Object to a question of an own sitting (`position`, `note` of at most 500 characters), while the test runs and until `provisional_until`. One waits for each question: the next takes its place until it is answered. 409 `objections-closed`, `too-many-objections`.",
    ),
    (
        "DELETE /api/v1/attempts/{attempt}/objections/{position}",
        "Withdraw what waits about a question; 404 where nothing does.",
    ),
    (
        "GET /api/v1/tests/{test}/objections",
        "Objections by question, with its key and figures where they are for the caller, `waiting`, and `provisional_until`. Committees read them once the test is settled, without names.",
    ),
    (
        "POST /api/v1/tests/{test}/objections",
        "Answer all that wait about `question` of `bank`, or one `objection`: `upheld`, and the `answer` that the members read. Says how many were `answered`.",
    ),
    (
        "GET /api/v1/tests/{test}/marking",
        "What waits for a person to mark it, question by question, with the model answer; `response` stands for a response without saying whose it is. For those who organize the test and those whom they name. Where `markers` is 2, `others` counts what the caller has marked and somebody else has not yet; at a `third` two marks lie too far apart. Of a case, `parts` are its parts with the `mark` that each has by its key; null where a person gives it.",
    ),
    (
        "POST /api/v1/tests/{test}/marking",
        "Give a `response` its `points`, in halves or all of them, perhaps with a `note`: an amendment. To a case give `parts` instead: points for each part without a mark, null for the others. 409 `changed-meanwhile` where somebody has marked it; with `again` and a note that says why, the mark is changed. Where the test has two `markers` the mark counts once the other has been given: their mean, or beyond `difference` what a third person gives.",
    ),
    ("GET /api/v1/tests/{test}/markers", "Who was named to mark at a test beside those who organize it."),
    (
        "PUT /api/v1/tests/{test}/markers/{login}",
        "Name somebody to mark: they see the queue, without names, and nothing else of the test.",
    ),
    ("DELETE /api/v1/tests/{test}/markers/{login}", "Take a marker's name off; marks given stay."),
    (
        "GET /api/v1/tests/{test}/report",
        "The branch report; `pending` members sat and wait for a person's marks, and no score of theirs counts yet.",
    ),
    (
        "GET /api/v1/tests/{test}/items",
        "Item analysis over the attempts that count in the report: figures of the test, and of each question `facility`, `discrimination` and `flags`; `options` with the key and the choices by thirds where keys are for the caller. `mode=moodle`: as Moodle's quiz statistics report has it, position by position.",
    ),
    ("GET /api/v1/tests/{test}/report.csv", "The branch report as one table, in the language of the request."),
    (
        "GET /api/v1/tests/{test}/report.xlsx",
        "The branch report as a workbook: overview, a sheet for each level below, bands, topics, lists of people.",
    ),
    (
        "GET /api/v1/tests/{test}/register.xlsx",
        "The score register: a sheet for each branch with everybody who was due, and room to sign.",
    ),
    ("GET /api/v1/tests/{test}/register.docx", "The score register as a document to print, a page for each branch."),
    (
        "GET /api/v1/tests/{test}/signed-pages",
        "Scanned signed pages of a test: `page`, `title`, `kind` (`pdf`, `jpg`, `png`), `bytes`, `digest` (SHA-256), `sent_at`, `sent_by` (null: the operator); for whoever may read the report of the whole test.",
    ),
    (
        "POST /api/v1/tests/{test}/signed-pages",
        "Keep a scanned page (the body: a PDF, JPEG or PNG of at most 8 MB) under a `title` of at most 100 characters; for whoever manages the test, once it is settled. 409 `test-not-over`; 422 `invalid-field` where it is none of these kinds, is there already, or is beyond 40 pages or 64 MB together.",
    ),
    ("GET /api/v1/tests/{test}/signed-pages/{page}", "A scanned page, as it was sent."),
    (
        "DELETE /api/v1/tests/{test}/signed-pages/{page}",
        "Remove a scanned page, with the reason; the chain of changes keeps both and the digest.",
    ),
    (
        "GET /api/v1/assessments/{year}/signed-pages",
        "Scanned signed pages of a year, as of a test; for whoever may sign the year off.",
    ),
    (
        "POST /api/v1/assessments/{year}/signed-pages",
        "Keep a scanned page of a year that is signed off, as of a test. 409 `not-signed-off`.",
    ),
    ("GET /api/v1/assessments/{year}/signed-pages/{page}", "A scanned page of a year, as it was sent."),
    ("DELETE /api/v1/assessments/{year}/signed-pages/{page}", "Remove a scanned page of a year, with the reason."),
    (
        "GET /api/v1/tests/{test}/papers",
        "Papers printed for members who sit on paper, within one's subtree, with their `state` (`printed`, `entered`, `checked`, `void`) and `version`.",
    ),
    (
        "POST /api/v1/tests/{test}/papers",
        "Draw and keep a paper for each of `people` (logins); all or none. They can't start on a device until it is void.",
    ),
    ("GET /api/v1/tests/{test}/papers/{paper}", "A printed paper with its questions and what was entered."),
    (
        "PUT /api/v1/tests/{test}/papers/{paper}/responses",
        "Enter what stands on a paper: `position` and `response` in the paper's labels; what isn't named is unanswered. `seen` is the version that was changed (empty: nothing was entered).",
    ),
    (
        "POST /api/v1/tests/{test}/papers/{paper}/check",
        "Confirm that what was entered (`seen`) is what stands on the paper; it becomes an attempt and is marked. 409 `second-person-needed` for whoever entered it.",
    ),
    (
        "POST /api/v1/tests/{test}/papers/{paper}/void",
        "Declare a paper void, with the reason; its member may start on a device again.",
    ),
    (
        "GET /api/v1/tests/{test}/circular.docx",
        "The circular about a settled test, for publication, to be edited: figures of fewer than five people are merged, branches are named only to commend them, nobody else is. 409 `test-not-over` while anything is open or waits to be marked.",
    ),
    (
        "GET /api/v1/tests/{test}/announcement.docx",
        "The announcement of a test, to be edited, for those who organize it or read its report.",
    ),
    (
        "GET /api/v1/tests/{test}/archive.zip",
        "Everything about a settled test in one archive that can be read without Kaohe, with the digest of every file; for whoever may read the report of the whole test. 409 `test-not-over`.",
    ),
    ("GET /api/v1/tests/{test}/attempts.csv", "Attempts as CSV."),
    (
        "GET /api/v1/tests/{test}/responses.csv",
        "Responses in the bank's own labels as CSV; while the test can be sat, of banks whose keys one may read.",
    ),
    ("GET /api/v1/tests/{test}/live", "How a test stands now: who is in, working, silent, paused, finished."),
    ("GET /api/v1/tests/{test}/pauses", "Every pause of a test."),
    (
        "POST /api/v1/tests/{test}/pauses",
        "Pause a test with a reason: for everyone, a branch with all below it, or one person.",
    ),
    (
        "POST /api/v1/tests/{test}/pauses/{pause}/resume",
        "End a pause with a reason; the time that stood still is given back.",
    ),
    ("GET /api/v1/tests/{test}/messages", "What was said to those who sit a test."),
    ("POST /api/v1/tests/{test}/messages", "Say something to everyone, a branch with all below it, or one person."),
    (
        "POST /api/v1/attempts/{attempt}/release",
        "Let another device go on with an open attempt that stays with its device, with a reason.",
    ),
    (
        "POST /api/v1/attempts/{attempt}/hints",
        "What the page of an open attempt noted (`hint`: `left_page`, `copied`, `pasted`; `seconds`), where its test asks for hints. Answers with all that was noted.",
    ),
    (
        "POST /api/v1/attempts/{attempt}/reopen",
        "Let a finished attempt go on, with a reason; the time since is given back.",
    ),
    (
        "GET /api/v1/schemas/{schema}",
        "The JSON Schema (draft 2020-12) of a file: `bank.json`, `test.json` or `assessment.json`.",
    ),
    ("GET /api/v1/openapi.json", "This description."),
];
