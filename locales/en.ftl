list-comma = ,{" "}

# Shared by all pages
product = Kaohe 考核
language-name = English
text-size = Text size
text-now = Text size { $percent }%
text-smaller = Smaller text
text-larger = Larger text
skip-to-content = Skip to content
nav = Main navigation
crumbs = Where you are
nav-tests = Tests
nav-banks = Banks
nav-people = People
nav-branches = Party units
nav-roster = Roster
pattern-day = %-d %b %Y
pattern-day-of-year = %-d %b
pattern-moment = %-d %b %Y, %H:%M
span = { $from } to { $to }
list-semicolon = ;{" "}
to-home = To the home page
back = Back
print = Print
save = Save
all = All
total = Total
search = Search
pages = Pages
page-before = Previous page
page-after = Next page
request-id = Request number
whole-unit = the whole unit
branch-elsewhere = units that now belong elsewhere
check-only = Check only
reason = Reason
reason-help = Kept in the change record; at most 500 characters.
name = Name
login = Login
password = Password
number = Number
category = Category
roles = Roles
role-none = No role
roles-none = You don't hold any role yet. Ask an administrator to put you on the roster.
role-member = Member
role-organizer = Organizer
role-committee = Committee
role-administrator = Administrator
branch = Party unit
all-branches = All Party units
people = People
share = Share

# Signing in and the account
sign-in = Sign in
sign-out = Sign out
sign-out-everywhere = Sign out on all devices
sign-in-help = Your administrator gives you the login and the first password, and can reset a forgotten one.
sign-in-next = Sign in to go on to the page you asked for.
password-title = Change password
password-must-change = A first password works once. Please choose your own now.
password-before = Current password
password-after = New password
password-again = New password again
set-up-again = Password again
password-help = At least { $least } characters. A sentence you remember is safe.
password-change = Change password
own-data = Download all data about me
own-data-help = Everything kept about you: roles, attendance, what you answered in each test and what changed results, objections, devices. Questions and keys are not in it.
password-changed = Your password was changed; other devices were signed out.
password-wrong = The current password is wrong.
password-differs = The two new passwords differ.
set-up-title = Set up the first administrator
set-up-intro = This link works once. Administrators keep Party units and people; they see no correct answers and can't change marks.
set-up-do = Finish and sign in
your-name = Your name
account-title = My account

# Home
home-title = Home
home-hello = Hello, { $name }
home-now = To sit now
home-now-none = There is nothing for you to sit right now.
home-coming = Coming up
home-done = Over
home-not-sat = Not taken
home-facts = { $span } · { $minutes } minutes · { $questions } questions
home-running = In progress, until { $deadline }.
home-office = My tests
continue = Continue
to-test = Look and start
see-result = See the result
see-review = See marks and explanations
no-score = No mark yet
score-of = { $score } of { $full } points
receipt = Receipt
receipt-help = Take a screenshot or note it down: it proves what you handed in.
home-counts = { $finished } handed in, { $working } working
home-office-over = Over
tests-all = All tests
steps-title = Getting started
steps-done = { $done } of { $all } steps done
step-branches = Enter the Party units
    .do = Enter Party units
    .who = done by an administrator
    .why = Results add up along this tree.
step-people = Enter people
    .do = Enter people
    .who = done by an administrator
    .why = One sheet brings everybody in, each with a login.
step-organizer = Name an organizer
    .do = Name an organizer
    .who = done by an administrator
    .why = Choose somebody on the roster and give them the role. Organizers keep banks, make tests and watch them; administrators see no correct answers.
step-bank = Load a question bank
    .do = Load a bank
    .who = done by an organizer
    .why = It holds questions, correct answers, explanations and sources.
step-test = Make a test
    .do = Make a test
    .who = done by an organizer
    .why = Say when, who and how many questions; every paper is drawn at random.
step-done = Done
step-later = Later
keep-title = People and Party units
keep-people = On the roster
keep-branches = Party units
keep-waiting = First password unchanged
keep-slips = Print sign-in slips
keep-empty = { $count ->
    [one] One Party unit has no members yet:
   *[other] { $count } Party units have no members yet:
}

# State of a test
state-coming = Not open yet
state-open = Open
state-closed = Closed, being settled
state-final = Settled
state-cancelled = Cancelled
cancelled-because = This test was cancelled. Reason: { $reason }

# Announcement
announcement = Announcement
announce-paper = The paper
announce-rules = Rules
section = Section
kind = Kind
questions = Questions
points-each = Points each
points = Points
kind-single = Single choice
kind-multiple = Multiple choice
kind-true_false = True or false
kind-blank = Fill in the blanks
kind-order = Put in order
kind-match = Match
kind-numeric = Calculate
kind-short = Short answers
kind-essay = Essays
kind-case = Case studies
policy-all_or_nothing = points only for exactly the right options
policy-half_if_incomplete = half the points for an incomplete answer, none with a wrong option
policy-per_option = a share for each right option, none with a wrong one
policy-right_minus_wrong = right minus wrong options, at least 0
occasion = Occasion
occasion-practice = Practice
occasion-monthly = Monthly test
occasion-quarterly = Quarterly assessment
occasion-annual = Annual assessment
occasion-make_up = Make-up test
occasion-inspection = Spot check
keep-best = Of several sittings the best one counts.
keep-last = Of several sittings the last one counts.
keep-first = Of several sittings the first one counts.
keep-mean = Of several sittings the mean counts.
rule-minutes = You have { $minutes } minutes from the moment you start; everything ends when the test closes.
rule-extra = You have { $minutes } extra minutes.
rule-attempts = { $attempts ->
        [one] You may sit it once.
       *[other] You may sit it { $attempts } times.
    }
rule-lines = { $pass }% of full marks is a pass, { $excellent }% is excellent; reaching the line is enough.
rule-late = You can't start later than { $minutes } minutes after the opening.
rule-earliest = You can hand in { $minutes } minutes after your start at the earliest.
rule-saving = Every answer is saved as you give it. After a lost connection or on another device, sign in again and go on.
review-never = Correct answers of this test are not published.
review-after_submit = Correct answers and explanations are shown after you hand in.
review-after_close = Correct answers and explanations are shown once the test is over for everyone.
commitment = Proof that papers were not changed
commitment-explained = The rules of the draw, the editions of the banks and the random secret were sealed into this code before the test. The secret is published afterwards, and anyone can check that their paper was drawn by these rules and not changed. It does not prove that the operator of the server could not look.
start = Start
start-again = Sit it again
start-explained = The time begins when you press “Start”. You have { $minutes } minutes.
opens-later = The test is not open yet. It opens at { $opens }.
opens-in = Opens in { $time }
opens-wait = You may stay on this page: the button to start appears by itself. No need to reload.
look-again = Look again
closed-since = The test closed at { $closed }.
too-late = It is too late to start. If there is a reason, talk to the organizer.
no-attempt-left = You have sat this test; no sitting is left.

# Sitting
exam-progress = { $done } answered · { $left } open
exam-done = { $done } answered
exam-left = { $left } open
exam-until = until { $time }
exam-part = Part { $number }: { $title } · { $points } points each
exam-previous = Previous
exam-next = Next
exam-card = Questions
exam-card-close = Close
exam-time-hide = Hide time
exam-time-show = Show time
exam-time-hidden = Time hidden; it comes back when 10 minutes are left
exam-show-one = One question at a time
exam-show-all = All questions on one page
exam-keys = Keyboard, inside a question: A–F or 1–9 choose, Enter next, Shift+Enter back, M flags.
exam-key-flagged = Flagged
exam-check = Check and hand in
exam-save = Save answers
exam-flag = Flag
exam-no-script = Press “Save answers” now and then. Nothing can be saved after { $deadline }.
exam-saved = Saved { $time }
exam-saving = Saving …
exam-unsaved = Not saved yet; trying again
exam-refused = This answer can't be saved; please change it
exam-all-saved = everything saved
exam-saved-all = Your answers are saved.
exam-some-unsaved = { $count } not saved yet
exam-key-saved = saved
exam-key-unsent = waiting
exam-key-empty = open
exam-minutes-left = { $minutes } minutes left
exam-time-over = Time is over; handing in …
exam-signed-out = You were signed out. Your answers are kept on this device and will be saved once you sign in again.
exam-no-room = The server can take nothing at the moment. Your answers are kept on this device and sent by themselves; please tell the invigilator, and go on answering.
exam-other-person = Somebody else signed in on this device. Your answers are kept here; sign in as yourself again.
exam-stale = This question was answered elsewhere; the saved answer is shown. You had chosen here: { $sent }.
exam-taken-over = This test was taken over on another device; nothing can be saved here.
exam-take-over = Continue on this device
exam-elsewhere = This test is open on another device
exam-elsewhere-explained = { $count } saved answers come along. Once you continue here, the other device can't save any more; what is not saved there yet stays behind.
exam-elsewhere-leave = No, back to the home page
exam-paused = The test is paused. The clock stands still and your answers are kept; it goes on by itself, please stay.
exam-paused-no-script = The test is paused. The clock stands still and nothing can be saved now; once it goes on, press “Save answers” again.
exam-kept = Can't be saved right now: question { $numbers }. Your answers stay on this page; please press “Save answers” again shortly.
exam-message = Notice
exam-understood = Understood
exam-over = This test has ended; nothing can be saved any more.
exam-late = No confirmation came in time for the last change to question { $positions }. Note the code { $code } and tell the organizer; this device sends it once the network is back, and the organizer decides.
exam-offline = The connection is lost; please go on. Your answers are kept on this device and will be saved once it is back.
exam-unstored = This browser can't keep answers on the device. Please don't close or reload this page until it says “everything saved”.
exam-goes-on = The test goes on
exam-wait = Not saved yet: question { $positions }. Trying again; you can hand in as soon as it is saved.
exam-conflicts = These questions were changed elsewhere and not overwritten. The saved answers are shown; to use yours, choose again and save.
exam-you-sent = you sent: { $sent }
exam-misfit = The answer to question { $number } can't be saved; please check it.
order-help = Number the options from 1: which comes first, which second …
order-drag = Drag the options into order, or move them with ↑ and ↓.
order-keys = Arrow keys move it too
order-move = Move { $label }
order-up = { $label } up
order-down = { $label } down
order-rank = Place of { $label }
order-as-shown = They are in order as they stand
order-moved = { $label } is now { $place } of { $all }
match-drag = Choose for each option, or drag what belongs to it onto it.
match-target = What belongs to { $label } ({ $count } to choose from)
question-number = Question { $number }
gap = Gap { $number }
right = True
wrong = False
no-answer = not answered
check-title = Check and hand in
check-complete = All { $count } questions are answered.
check-unanswered = { $count ->
        [one] 1 question is not answered: { $numbers }
       *[other] { $count } questions are not answered: { $numbers }
    }
check-go-back = Go back to one:
check-time = { $minutes } minutes left, until { $deadline }. After handing in nothing can be changed.
check-too-early = You can hand in from { $from } on. Your answers are saved.
check-back = Back to the questions
submit = Hand in

# Late responses
late-title = Late answers
late-explained = These answers reached the server after the test had ended, for instance because the network failed in the last minute. They are not marked by themselves. Compare the code that the member shows, look at what happened, and decide; which answer is right is not shown here. What was stored before is kept, and the member sees your reason.
late-none = There are no late answers.
objection-to-this = Object to this question
objection-note = What is wrong
objection-send = Send objection
objection-withdraw = Withdraw
objection-sent = Objection sent. Until it is answered you can change or withdraw it.
objection-withdrawn = Objection withdrawn.
objection-failed = The objection couldn’t be sent; try again later. Your answers aren’t affected.
objection-waits = not answered yet
objection-upheld = Accepted
objection-not-upheld = Not accepted
objection-mine = You objected: { $note }
objections-answered = Answers to objections
objections-title = Objections to questions
objections-explained = What members object to questions while they answer and when they review, question by question. Each is answered once, and who wrote it reads the answer at the review and on the first page; where a key is wrong, make a correction besides.
objections-none = No objections.
objections-waiting = { $count } to answer
objections-count = { $count } objections to questions wait for an answer.
objections-go = Answer
objection-figures = How it behaved
objection-figures-are = facility { $facility }, discrimination { $discrimination }
objection-correct = Correct this question
objection-answer = Answer
objection-answer-all = Answer all { $count } of this question
objection-the-answer = Answer
objection-answer-help = Those who objected read it; at most 500 characters. Name nobody.
objection-time = Sent
objection-outcome = Outcome
objection-answer-time = Answered
objection-period = objections until { $date }, results provisional before
provisional-until = Results are provisional: members may object until { $date }.
late-count = { $count } sittings have late answers that wait for your decision.
late-go = Decide
late-question = Question
late-waiting = waiting
late-code = Code
late-stored = Stored in time
late-response = Arrived late
late-received = Received
late-trace = What happened to this sitting
late-accept = Accept and mark again
late-refuse = Don't accept
late-all = All { $count } that wait, at once
late-all-answers = Accepting takes in { $new } answers to questions that had none in time, and { $replacing } in the place of others.
late-all-sittings = { $count ->
    [one] 1 sitting
   *[other] { $count } sittings
}
late-all-explained = Accepted sittings are marked again, and their scores may change; refusing changes no score. Each is decided once, and each member reads the reason. What arrives after this page was opened goes on waiting.
late-accept-all = Accept all and mark again
late-refuse-all = Accept none of them
late-accepted = Accepted: the score is now { $score } instead of { $before }.
late-refused = Not accepted; the score stays { $score }.
late-because = Reason: { $reason }
late-sent = Answers to question { $positions } arrived after the end; the organizer decides whether they count. Show the organizer this code: { $code }
late-told = Answers to question { $positions } arrived after the end; the organizer decided on { $date }:
trace-attempt-started = Started
trace-attempt-finished = Handed in
trace-late-received = Late answers arrived
trace-late-decided = Decision about late answers
trace-response-marked = An answer was marked

# Annual study assessment
assessments-title = Annual assessment
assessments-explained = The tests of a year become one result for each member and each Party unit, by the rules of the committee. Every figure opens to how it came about.
assessments-none = There is no assessment yet.
assessment-year = Year
assessment-holds = Holds for
assessment-new = Make the rules of { $year }
assessment-ready = Start from ready rules and change them to yours:
ready-study-and-annual = Monthly tests 50 %, annual test 50 %
ready-monthly-nine-of-twelve = Mean of the monthly tests, at least 9 sat
ready-monthly-quarterly-annual = Monthly 30 %, quarterly 30 %, annual 40 %
assessment-rules = Rules
assessment-rules-of = Rules of the annual assessment { $year }
assessment-rules-new = The year has no rules yet. Below are ready ones; change them, try them, then save.
assessment-download = Download data
assessment-unsigned = Not signed off yet. When a mark is corrected, the results here follow.
assessment-signed = Version { $number }, signed off on { $date } by { $names }
assessment-digest = Digest of the results
assessment-changed = Since then results of { $count } members on this page, or the rules, have changed. Where needed, say why and sign a new version off.
assessment-versions = All signed versions
assessment-score = Unit's result
assessment-mean = Mean
assessment-graded = With a result / all
assessment-how = How it is computed
assessment-least = sat at least { $count } times
assessment-least-label = Sat at least
assessment-no-tests = No settled tests of this kind in the year yet.
assessment-of-branch = Unit's result = mean × { $mean } % + participation × { $participation } % + pass rate × { $pass } % + excellence rate × { $excellence } %
assessment-rounding = Every step is rounded to two decimals and used so in the next one: a calculator gives the same.
assessment-only-study = This result reflects the study assessment only; it is no grade of the democratic appraisal of Party members.
assessment-branches = Party units
assessment-small = Units with fewer than { $count } members with a result have no place.
assessment-members = Members
assessment-total = Result
assessment-band = Band
assessment-why = How it came about
assessment-sat = sat { $sat }, at least { $least }
assessment-percent = In percent
assessment-use = Counts
use-counted = counts
use-not-among = not among the best (or last)
use-dropped = not counted
use-waiting = waits for marking
ungraded-nothing_counts = No grade: nothing counts
ungraded-too_few = No grade: sat too rarely
ungraded-waiting = Waits for marking
combine-mean = mean
combine-best = mean of the best
combine-sum = points won of points possible
combine-last = the last one
absent-zero = absence counts 0
absent-dropped = absence isn't counted
excused-zero = leave counts 0
excused-dropped = leave isn't counted
assessment-adjustments = Bonus and deduction
assessment-no-adjustments = None.
adjustment-points = Points to add (below 0 to take away)
adjustment-points-help = For instance 2 or -1.5, straight onto the result.
adjustment-add = Add
adjustment-end = Take back
adjustment-ended = taken back on { $date }
assessment-sign = Sign off
assessment-objections = Objections to questions of these tests still wait for an answer:
assessment-sign-explained = All results of the year are kept with the rules as one version with its digest; later corrections don't touch it, they make a new one.
assessment-signers = Signed by
assessment-signers-help = One name a line.
assessment-note = What is different from the version before
assessment-components = What it is made of
assessment-components-help = Weights add up to 100 %. A part without a title doesn't count.
assessment-component = Part { $number }
assessment-weight = Weight (%)
assessment-occasion = Which tests
assessment-names = Or these tests (names, with commas)
assessment-combine = How they combine
assessment-best = How many of the best
assessment-bands = Bands
assessment-bands-help = A band holds from its line on.
assessment-from = From
assessment-of-branches = What a unit's result is made of
assessment-of-branches-help = The four weights add up to 100 %.
assessment-least-members = No place with fewer members than
assessment-by-hand = Marks entered by hand
assessment-list = Name of the list of marks (letters, digits, hyphens)
assessment-full = Full marks
assessment-marks-of = marks entered by hand, of { $full }
mark-none-zero = who has no mark counts 0
mark-none-dropped = who has no mark has no result until one is entered
assessment-marked = { $count } of { $all } members have a mark
assessment-no-mark = No mark was entered.
mark-score = Mark
mark-score-help = Points of { $full }, or percent such as 85%.
mark-source = Source and reason
mark-source-help = For instance: final paper of the spring course, list of 12 May.
mark-enter = Enter
mark-given = entered by { $name } on { $date }
mark-ended = replaced or taken back on { $date }
marks-explained = Full marks { $full } · { $weight } % of the result
marks-load = Enter a list
marks-load-help = Fill in the list of everybody who is assessed:
marks-file-help = Excel or CSV with the columns login, mark and source; a mark is points or percent (85%, as text). Rows without a mark are left out. All or nothing.
marks-source = Source of all marks whose row names none
marks-source-help = For instance: attendance list of the lectures.
marks-looked = What this list would enter
marks-would = { $new } new, { $changed } changed, { $unchanged } as they are; { $left } rows have no mark. Nothing is entered yet.
marks-entered = Entered: { $new } new, { $changed } changed, { $unchanged } as they were; { $left } rows had no mark.
marks-new = New: { $count }
marks-changed = Changed: { $count }
marks-load-all = Enter all of them
marks-without = { $count } members have no mark yet.
commended-title = Who can be commended
commended-explained = Who meets the criteria of the rules, with what speaks for each. The committee decides; equal results are shown as tied and never cut.
commended-no-criteria = The rules of this year set no criteria yet. Set them under “Rules”.
commended-members = Members to be commended
commended-branches = Party units to be commended
commended-nobody = Nobody meets all the criteria.
commended-no-branch = No Party unit meets all the criteria.
commended-close = Close behind: just one criterion missed, by two points at most
commended-parts = Parts
commended-sat = Sat / due
commended-failed = failed: { $count }
commended-near = Near a line, or missed
commended-place = Place
place-within = within the places
place-tied = tied for the last places
place-beyond = beyond the places
rank-shared = { $rank } (shared)
criterion-result = No result
criterion-total = Result
criterion-participation = Participation
criterion-no_absence = No absence
criterion-no_fail = No test failed (a make-up doesn't undo it)
criterion-mean = Mean
criterion-pass = Pass rate
criterion-excellence = Excellence rate
criterion-members = Members with a result
criterion-held = { $title } { $value }, asked { $line }
criteria-title = Criteria: commendation and help
criteria-help = What stays empty isn't asked. They change no result.
criteria-help-always = Whoever fails, or has no result, is always among them.
criteria-total = Result at least
criteria-component = No component below
criteria-participation = Participation at least (%)
criteria-most = At most so many of a unit
criteria-most-percent = At most so many % of a unit's members
criteria-kind = Kind of unit (empty: those right below)
criteria-mean = Mean at least
criteria-pass = Pass rate at least (%)
criteria-excellence = Excellence rate at least (%)
criteria-members = Members with a result at least
criteria-most-branches = At most so many units
criteria-below = Result below
criteria-fall = Fell by so many points
criteria-absences = Absent so many times
to-help-title = Who needs help
to-help-inside = For the committee that is responsible, to help with: not for publication, not for passing on.
to-help-explained = Who failed or has no result, lies below the line of the rules, fell against last year or against earlier tests of the year, or was absent repeatedly; and in what they are weak.
to-help-other-rules = The rules of { $year } were others: falls since then say little.
to-help-nobody = Nobody.
to-help-count = { $count } of { $all } members.
to-help-why = Why
to-help-last = last year { $total }
to-help-no-topics = There are more than 500 people: topics are left out here. Choose a unit below to see them.
help-need-failed = failed
help-need-no_result = no result
help-need-below = below the line of the committee
help-need-fell_since_last_year = { $amount } points less than last year
help-need-fell_within = last test { $amount } points below the earlier ones
help-need-absent = absent { $amount } times
compared-title = Against last year
compared-nothing = There are no rules for { $year } here, so that there is nothing to compare with.
compared-signed = Compared with “{ $title }”, version { $number }, signed off on { $date }. Participation is that of the tests.
compared-unsigned = Compared with “{ $title }” as it stands; it wasn't signed off.
compared-other-rules = The rules of the two years differ: results and places can't be compared without more ado.
compared-reading = Large: this year. Small: last year, and the change.
compared-chance = “More than chance”: the range of the difference of the means at 95 % (Welch) leaves 0 out; with fewer than five results on either side nothing is said.
compared-no-chance = Since the rules differ, nothing is said about chance.
compared-shift = More than chance?
compared-new = new
compared-gone = no more
compared-moved = last year: { $branch }
compared-gone-members = Assessed here last year, not this year: { $count }
compared-before = Last year
compared-change = Change
shift-higher = higher by more than chance
shift-lower = lower by more than chance
shift-chance = within chance
assessment-try = Try these rules
assessment-save = Save the rules
assessment-tried = What these rules would give
assessment-tried-explained = Of { $all } members, { $count } would have another result, band or place; the unit's result would be { $after } instead of { $before }. Nothing was changed.

# Corrections
corrections-title = Corrections
corrections-explained = When a correct answer, a question or a single mark turns out to be wrong after the results are settled, correct it here. First see whose results would change, then confirm with a reason. What was before is always kept, and members see the change, the reason and the date.
corrections-second = Corrections of this test need the approval of a second person.
corrections-none = Nothing was corrected.
corrections-choose = Choose a question to correct
corrections-not-yet = A test is corrected once its results are settled, so that everybody is marked alike. To correct it now, close the test on its page first.
corrections-question = Correct a question
corrections-mark = Correct one mark of one person
corrections-mark-explained = The number of the question is the one on this person's paper; the export of answers names it.
correction-waiting = waits for approval
correction-applying = marking again
correction-refused = refused
correction-applied = in force
correction-operator = the operator of the server
correction-proposed-by = Proposed by { $name } on { $date }.
correction-decided-by = Decided by { $name } on { $date }.
correction-changed = Results changed: { $count }.
correction-look = See the effect and decide
correction-to-key = The correct answer becomes: { $answer }
correction-to-accept = Also right: { $answer }
correction-to-full = Everybody who got the question gets its points
correction-to-void = The question doesn't count; it earns points at the rate of the rest of the paper
correction-to-mark = Question { $position } earns { $points } points
correction-what = Correction
correction-key = Another answer is the correct one
correction-accept = A further answer is right too
correction-full = Everybody who got the question gets its points
correction-void = The question doesn't count (full marks stay; it earns points at the rate of the rest of the paper)
correction-answer = Answer
correction-answer-help = For the first two corrections only. It holds the answer that counts now; change it to the right one.
correction-order = The right order, with commas: C,A,B
correction-number = Number
correction-tolerance = Tolerance
correction-gap = Right answers for gap { $number }, one a line
correction-part = Right answer of part { $number }
correction-preview = See what changes
correction-attempt = Which sitting
correction-attempt-help = Left empty: the last one.
correction-position = Number of the question
correction-points = Points from now on
correction-key-before = Correct answer so far
correction-nothing = This correction changes nobody's result.
correction-results = Results that change
correction-passing = Would pass
correction-failing = Would no longer pass
correction-moved = Same score, other place
correction-branches = What changes in Party units
correction-keeps = Results are marked again at once; what was before stays in the record.
correction-do = Correct
correction-propose = Propose for approval
correction-approve = Approve and mark again
correction-refuse = Refuse
correction-own-proposal = This is your own proposal; somebody else has to approve it.
correction-score = Score
correction-result = Result
correction-rank = Place
correction-failed = Not passed
correction-more = { $count } more are not listed; programs get all of them.
correction-unseen = { $count } more lie outside your rights and are not listed.
correction-told = { $date }: question { $positions } was corrected. { $change }. The score is { $score } instead of { $before }.
correction-told-key = Its correct answer was changed
correction-told-accept = A further answer counts
correction-told-full_points = Everybody who got it gets its points
correction-told-void = It doesn't count
correction-told-mark = Its mark was changed
correction-also = Also right
correction-for-all = Everybody who got the question gets its points
correction-not-counted = The question doesn't count; it earns points at the rate of the rest
form-objection-days = Time to object (working days)
    .help = For so many working days after the test is settled members may object to questions, and results are provisional. Left empty: 3; 0: none. Public holidays are not known.
form-markers = Written answers are marked by
form-markers-1 = one person
form-markers-2 = two persons
form-difference = A third person decides beyond (points)
    .help = Only with two persons. Left empty, the mean of the two always counts, rounded half up to a half point.
form-approve-corrections = Corrections after the test need a second person
trace-attempt-corrected = Result corrected

# Result
result-title = Result
result-submitted = Handed in. You may leave.
result-note = This result reflects the study test only; it is not a grade of the democratic appraisal of Party members.
finished-by-deadline = Time was over; your saved answers were handed in.
finished-by-organizer = The organizer closed the test; your saved answers were handed in.
full-marks = points of { $full }
grade = Result
excellent = Excellent
passed = Passed
not-passed = Not passed
pending = { $count ->
    [1] 1 answer is
   *[other] { $count } answers are
} still to be marked; the result may change.
provisional = provisional
mark-waits = – of { $points }, still to be marked
marking-point = { $points } points
marking-title = Marking
marking-two = Two persons mark each answer of this test, neither seeing the other’s mark before the own. Their mean counts, to a half point.
marking-two-difference = Two persons mark each answer of this test, neither seeing the other’s mark before the own. More than { $points } points apart, a third person decides; otherwise their mean counts, to a half point.
marking-third = Two marks lie too far apart: yours decides.
marking-others = marked by you, waiting for others
marking-later = You may sit this test yourself; you can mark once it is settled.
markers-title = Markers
markers-explained = Whoever is named sees the marking queue of this test, without names, and nothing else. Who may sit the test marks once it is settled.
marker-name = Name as marker
marker-end = Take off
marking-explained = Written answers, and gaps that are nearly right, wait here for a person. Nobody sees whose an answer is. Each mark is kept with who gave it and when; results stay provisional until all are marked.
marking-none = Nothing waits to be marked.
marking-done = All answers to this question are marked.
marking-count = Answers that wait to be marked: { $count }
marking-go = Mark them
marking-waiting = Waiting
marking-marked = Marked
marking-left = Waiting for this question: { $count }
marking-response = The answer
marking-points = Points, in halves, of { $points }
marking-note = Note (may be left empty)
marking-again = This answer has { $mark } points. Whoever changes that says why; the earlier mark is kept.
marking-why = Why the mark changes
marking-next = Save and next
report-unmarked = Not final yet: answers of { $count } members wait to be marked. Their scores don’t count here so far.
review-title = Question by question
review-practice = Practice doesn't count in any assessment.
mark-of = { $mark } of { $points } points
part-points = ({ $points ->
    [1] 1 point
   *[other] { $points } points
})
my-answer = My answer
chosen = my choice
correct-answer = Correct answer
correct-one = correct
any-order = (gaps in any order)
explanation = Explanation
citation = Source

# Managing tests
tests-none = There are no tests yet. Load a bank, then make the first one.
test = Test
test-name = Name
window = Time
state = State
report = Report
manage = Manage this test
manage-overview = Overview
manage-do = Actions
audience = Who takes it
audience-except = without { $codes }
pinned = Bank versions (fixed)
papers = Papers
papers-out = papers have been given out
papers-not-out = no paper has been given out
due = Due
working = Working now
not-yet = Not yet
test-new = New test
test-new-help = A test is ready here, made from your banks; change what you want otherwise. Nothing takes effect before you save.
test-definition = Test file (JSON)
test-file = Or choose a file
test-file-help = A chosen file is taken instead of the text above.
test-make = Make the test
test-edit = Change the test
test-edit-help = Everything but the name can be changed until the first paper is given out. The draw is then sealed anew.
test-edit-papers-out = Papers have been given out. Now only times can be made longer (closing, minutes, latest start).
test-change = Save changes
## The form for making and changing a test
form-naming = Name of the test
form-title-zh = Title (Chinese)
    .help = At least one of the two.
form-title-en = Title (English)
    .help = Optional.
form-test = Short name
    .help = Used in addresses and file names. One is suggested and can be changed: letters, digits and . _ - only; fixed once the test is made.
form-occasion = Occasion
    .help = Practice never counts in an assessment.
form-first-title = Party knowledge test
form-due = { $count ->
        [one] 1 member is due
       *[other] { $count } members are due
    }
form-members = { $count ->
        [one] 1 member
       *[other] { $count } members
    }
form-branches = Party units that take it
    .help = A ticked unit stands for all units below it too.
form-except = Party units among them that don't take it
    .help = A ticked unit is left out, with all units below it.
form-outside = Tick at least one Party unit that you organize; others can't be chosen.
form-zone = Times are in the server's time zone: { $zone }.
form-opens = Opens
    .help = From then on members can start.
form-closes = Closes
    .help = Everything ends then; open sittings are handed in.
form-minutes = Minutes to answer
    .help = Counted from each member's own start.
form-late = Latest start (minutes after opening)
    .help = Later nobody can start. Leave empty to let members start until the closing.
form-earliest = Earliest handing in (minutes after the start)
    .help = Leave empty to let members hand in at any time.
caution-opens-in-the-past = The opening has passed: the test is open as soon as it is saved.
caution-closes-first = The test closes before it opens. Change that before you save.
caution-window-short = The test is open for less than the minutes to answer: nobody has all of them.
caution-late-shuts-most = The latest start comes before half of the window is over: whoever comes later can't take part. A test that is open all day usually leaves this empty.
caution-submit-at-the-end = The earliest handing in isn't before the end: members have to wait until their time is over.
form-marks = Attempts and marks
form-pass = Pass line (%)
    .help = In percent of full marks, inclusive.
form-excellent = Line of excellence (%)
    .help = In percent of full marks, inclusive.
form-attempts = Times a member may sit it
form-keep = Of several sittings counts
form-keep-best = the highest score
form-keep-last = the last one
form-keep-first = the first one
form-keep-mean = the mean
form-review = Correct answers are shown
    .help = “After handing in” is for practice only, so that nobody can tell those who sit later.
form-review-never = never
form-review-after_submit = after the member's handing in (practice only)
form-review-after_close = after the test has closed for all
form-paper = Paper
form-paper-help = A paper has sections, each of one kind of question. Each row says how many questions are drawn from which bank; every member gets other questions, at random.
form-no-banks = There is no bank to draw from yet. Load one first.
form-section = Section { $number }
form-row = Section { $section }, row { $row }
form-kind = Kind of question
form-points = Points each
form-policy = How multiple choice is marked
form-bank = Bank
form-count = Questions to draw
form-choose = choose
form-choose-bank-first = Choose a bank first.
form-there = { $there } fit: { $easy } easy, { $middling } middling, { $hard } hard
form-there-short = Not enough, only { $there } fit: { $easy } easy, { $middling } middling, { $hard } hard
form-questions-there = { $count ->
        [one] 1 question
       *[other] { $count } questions
    }
form-narrow = Only some topics or difficulties
form-topics = Topics
form-topics-help = Tick none to draw from all topics.
form-difficulty = Mix of difficulty
form-difficulty-help = Leave all three empty for any difficulty; otherwise they must add up to the questions of the row.
form-easy = Easy (1–2)
form-middling = Middling (3)
form-hard = Hard (4–5)
form-mix = Other bands
    .help = As “band: questions”, separated by commas, e.g. 1-3: 5, 4-5: 5.
form-own-title = Own title for this section
form-section-title-zh = Title (Chinese)
    .help = Leave empty to use the kind of question.
form-section-title-en = Title (English)
form-section-total = { $questions ->
        [one] This section: 1 question, { $points } points
       *[other] This section: { $questions } questions, { $points } points
    }
form-total = { $questions ->
        [one] Paper: 1 question
       *[other] Paper: { $questions } questions
    }, { $points } points; { $pass } to pass, { $excellent } for excellence
form-enough = There are enough questions to fill every paper.
form-short = There are not enough questions, so the test can't be made yet:
form-add-row = Add another bank or topic
form-add-section = Add a section
form-remove-row = Remove row { $row }
form-remove-section = Remove section { $number }
form-check = Check
form-try = Try a paper
form-mistakes = { $count ->
        [one] 1 thing needs a change; nothing was saved:
       *[other] { $count } things need a change; nothing was saved:
    }
form-mistake = { $field }: { $text }
form-at = { $place }, { $field }
form-filled = The form was filled from the file. Look it over, then save.
form-copied = The form was filled from the other test: its window was moved to the same day of a week ahead, and it has a new name. Look it over, then make the test.
form-name-taken = Another test has this short name. Choose another one.
form-as-file = The same as a file (JSON)
form-as-file-help = This is what the form says now. Copy it to keep it; or change the text or choose a file, then press “Fill the form from the file”.
form-fill = Fill the form from the file
form-problem-missing = Fill this in.
form-problem-empty = Fill this in.
form-problem-wrong-type = Give a number, e.g. 10.
form-problem-bad-points = Give a number from 0 with at most two decimals.
form-problem-out-of-range = “{ $found }” is out of range. Give a number within { $expected }.
form-problem-bad-name = “{ $found }” can't be a short name: letters, digits and . _ - only, 64 at most.
form-problem-bad-time = Choose a day and a time, e.g. 2026-11-20 09:00.
form-problem-closes-first = The closing must come after the opening.
form-problem-practice-only = Only practice may show correct answers after handing in. Choose “after the test has closed”, or make the occasion practice.
form-problem-excellent-below-pass = The line of excellence can't lie below the pass line.
form-problem-bands-sum = The difficulties add up to { $found }; they should make the { $expected } questions of the row.
form-problem-bands-overlap = The band “{ $found }” overlaps another one.
form-problem-unknown-bank = There is no bank “{ $found }” to draw from. Choose another one.
form-problem-unknown-topic = The bank has no topic “{ $found }” any more. Untick it.
form-problem-unknown-branch = There is no Party unit with the code “{ $found }”. Untick it.
test-copy = Copy this test
test-file-download = Download the test file (JSON)
newer-title = Banks have newer versions
newer-edition = { $bank }: this test uses version { $pinned }, the newest is { $newest }
newer-take = Take the newest versions when saving
newer-help = Leave it unticked to keep the versions the test has.
newer-go = Choose under “Change the test”
trial = Trial paper
trial-do = Try a paper
trial-mark = This is a trial, not a real paper.
trial-explained = Its questions are drawn at random by the rules of the test and are nobody's paper. Answers are neither saved nor counted, and correct answers are not shown.
trial-facts = { $questions ->
        [one] 1 question
       *[other] { $questions } questions
    }, { $points } points, { $minutes } minutes
trial-again = Another paper
trial-back = Back to the form
notice = Notice
notice-copy = Copy the text
notice-copied = Copied
notice-help = Copy it into an office program to change it, or print it as it is.
notice-title = Notice of the test “{ $title }”
notice-to = To all Party units concerned:
notice-start = The test “{ $title }” will be held as follows.
notice-heading = { $number }. { $heading }
numeral-1 = 1
numeral-2 = 2
numeral-3 = 3
numeral-4 = 4
numeral-5 = 5
numeral-6 = 6
numeral-7 = 7
numeral-8 = 8
numeral-9 = 9
numeral-10 = 10
notice-time = Time
notice-time-line = From { $from } to { $to }.
notice-who = Who takes it
notice-who-line = Members of { $units } and the Party units below{ $has_except ->
        [yes] {" "}(without { $except })
       *[no] {""}
    }: { $due } in all.
notice-paper = Paper
notice-paper-line = { $questions } questions, { $full } points: { $sections }. Questions are drawn at random; every member gets others.
notice-section = { $title }, { $questions } at { $points } points each
notice-lines = { $pass } points or more pass, { $excellent } or more are excellent.
notice-rules = Rules
notice-item = ({ $number }) { $text }
notice-how = How to take part
notice-address-line = Open { $address } in the browser of a phone or computer, sign in with your own account and press “Start”.
notice-trial-line = Please try the device that you will use beforehand (one minute): { $address }
notice-contact = Whom to ask
notice-contact-line = { $name }, telephone:
notice-office = (issuing office)
fields-title = What each field means
field-test = A name of letters, digits and . _ - that no other test has; a title in one or both languages.
    .names = test, title
field-occasion = practice, monthly, quarterly, annual, make_up or inspection. Practice never counts in an assessment.
    .names = occasion
field-audience = Codes of Party units, each with all below it; those in except are left out.
    .names = audience
field-opens = Opening and closing with a time zone, e.g. 2026-11-20T09:00:00+08:00.
    .names = opens, closes
field-minutes = Minutes each member has.
    .names = minutes
field-attempts = How often a member may sit it, and which sitting counts: best, last, first or mean.
    .names = attempts, keep
field-pass = Pass line and line of excellence in percent of full marks, inclusive.
    .names = pass, excellent
field-review = When correct answers are shown: never, after_close, or after_submit (practice only).
    .names = review
field-late = Optional. Latest start after the opening, and earliest handing in after the start, in minutes.
    .names = late_minutes, earliest_submit_minutes
field-integrity = Optional conditions: hints, full_screen, no_copy, one_device (true turns them on); addresses: networks allowed; password: the word that starts the test; safe_exam_browser: config keys.
    .names = integrity
field-objections = Optional. Working days after the test is settled in which members may object and results are provisional; 3 where left out, 0 for none.
    .names = objection_days
field-markers = Optional. How many persons mark each written answer: markers 1 (as usual) or 2; difference: two marks further apart than so many points are decided by a third person, otherwise their mean counts.
    .names = markers, difference
field-sections = Title, kind (single, multiple, true_false, blank), points each; for multiple choice a policy: all_or_nothing, half_if_incomplete, per_option, right_minus_wrong.
    .names = sections
field-draw = How many questions from which bank; optionally only some topics, or a mix of difficulty such as "1-2": 4.
    .names = draw
done-made = The test was made and its draw sealed.
done-changed = The changes were saved.
done-window = The personal time was set.
done-closed = The test was closed and settled.
close-now = Close the test now
close-explained = { $working ->
        [one] 1 member is working.
       *[other] { $working } members are working.
    } After closing nobody can start, and open sittings are handed in with what is saved. This can't be undone.
cancel-title = Cancel the test
cancel-explained = Nobody can sit a cancelled test and it counts nowhere; answers are kept. This can't be undone.
cancel-do = Cancel this test
window-title = Extra time or another time for one member
window-extra = Extra minutes
window-extra-help = Added to the deadline, also beyond the closing of the test.
window-closes = Own closing time
window-closes-help = Leave empty to keep it.
window-set = Save the personal time
draw-check = Verify the draw
draw-holds = { $papers ->
        [one] Verified: 1 paper was drawn again and is the same; the sealed code fits.
       *[other] Verified: { $papers } papers were drawn again and are the same; the sealed code fits.
    }
draw-commitment-broken = The sealed code doesn't fit: rules, bank versions or secret were changed after sealing.
draw-differs = { $papers ->
        [one] 1 paper differs from what is stored:
       *[other] { $papers } papers differ from what is stored:
    }
draw-explained = Each paper is drawn again from the sealed rules and secret and compared with what is stored.
draw-proof = Download the proof (JSON)
export-attempts = Download sittings (CSV)
export-responses = Download answers (CSV)

# Attendance
presence-title = Attendance
presence-sat = Sat
presence-absent = Absent
presence-excused = On leave
presence-exempt = Not required
presence-disqualified = Disqualified
presence-set = Set
presence-to = Set to
presence-take-back = Take back what was set
presence-many = Too many people for one list. Choose a Party unit, or look for a name.
presence-count = { $count ->
        [one] 1 person
       *[other] { $count } people
    }
presence-none = Nobody here.

# Report
participation = Participation
mean = Mean
median = Median
highest = Highest
lowest = Lowest
deviation = Standard deviation
pass-rate = Pass rate
pass-rate-range = Pass rate (likely range)
excellence-rate = Excellence rate
passed-count = Passed
excellent-count = Excellent
of-due = of those due
code = Code
report-final = The test is settled; these results are final.
report-provisional = { $working ->
        [one] The test isn't settled; these results are provisional. 1 member is working.
       *[other] The test isn't settled; these results are provisional. { $working } members are working.
    }
report-branches = Party units
direct-members = { $branch } (own members)
distribution = Distribution (0–100)
distribution-label = Distribution of { $sat } scores, { $below } below the pass line
judgement = Judgement
judged-nobody = nobody sat
judged-few = too few to judge
judged-alone = nothing to compare
judged-same = no clear difference
judged-above = clearly above all
judged-below = clearly below all
rank-of = { $shared ->
        [yes] place { $rank } (shared)
       *[no] place { $rank }
    }
rank-apart = not ranked
adjusted-mean = adjusted { $mean } ({ $range })
bands = Bands
band = Percent
weak-topics = Weakest topics
topic = Topic
share-won = Points won
points-won = Won/possible
absent-list = Absent: { $count }
not-yet-list = Not yet: { $count }
excused-list = On leave: { $count }
disqualified-list = Disqualified: { $count }
failed-list = Did not pass: { $count }
official-order = Official order
list-none = Nobody.
definitions = Due = sat + absent + on leave + disqualified (not those not required); participation = sat ÷ due; scores in percent of full marks; pass ≥ { $pass }, excellent ≥ { $excellent }, both rates over those who sat, “of those due” over those due. Standard deviation by n−1. The likely range is the 95 % Wilson interval.
definitions-judgement = Places go by the raw mean; equal means share one; units with fewer than { $least } results are not ranked. The adjusted mean takes numbers into account: that of a small unit is drawn towards the mean of all, as far as chance alone could explain it. The judgement says whether its likely range lies clear of the mean of all; it is advice and decides no place. Figures of a unit are summed over its members, never a mean of means.
definitions-internal = For internal use. Remove names before publishing.
trace-head = Head of the change record
sign-maker = Made by:
sign-checker = Checked by:
sign-secretary = Secretary:
sign-seal = (Seal)
sign-date = Date:

# Banks
bank = Bank
banks-none = There are no banks yet. Load the first one below.
edition = Version
edition-number = version { $number }
shared = For units below
shared-yes = yes
shared-no = no
bank-load = Load a bank
bank-load-first = Load the first bank
bank-file = Bank file (JSON)
bank-file-help = A bank of the same name gets a new version; tests keep the version they were made with.
bank-shared = Organizers of units below may draw from it (without seeing correct answers)
bank-load-do = Load
bank-loaded = { $bank } is loaded, now version { $edition }: { $added } added, { $changed } changed, { $removed } removed, { $unchanged } unchanged.
bank-checked = The file is good; nothing was stored. { $bank } would be version { $edition }: { $added } added, { $changed } changed, { $removed } removed, { $unchanged } unchanged.
bank-forms = Download the bank
bank-no-keys = This bank is shared from above: you may draw from it, but not see questions and correct answers.
bank-drawable = can be drawn
bank-topics = Topics
bank-as-member = Show as members see them
bank-with-keys = Show correct answers and explanations
bank-none-found = No question fits. Ask for less.
search-questions = Stem, option, explanation, source or id
bank-changes = Compare versions
bank-same = The questions of both versions are the same.
bank-changed = { $count } changed
bank-added = { $count } added
bank-removed = { $count } removed
edition-before = Older version
edition-after = Newer version
compare = Compare
bank-questions = Questions { $from }–{ $to } of { $all }
retired = retired
difficulty = Difficulty
difficulty-count = level { $difficulty }: { $number }
file-refused = The file was not loaded: { $file }
problem-place = Where
problem-what = What
problem-remedy = What to do
problem-line = Line { $line }, column { $column }
problem-row = Row { $row }
problems-more = { $count } more are not listed.

# People and roster
search-people = Name, login or number
people-count = { $count ->
        [one] 1 person
       *[other] { $count } people
    }
people-none = Nobody was found.
branches-none = There are no Party units yet. An administrator loads them all on the page “Roster”, or adds them one by one.
password-reset = Reset the password
password-reset-explained = A new first password is made and shown once. The person is signed out everywhere and has to change it.
password-reset-do = Make a first password
password-reset-done = A first password was made. It is shown only now:
role = Role
day = Day
role-any = All roles
roles-other = Other roles
roles-none-beside = No role beside that of a member.
member-at = Party unit
member-nowhere = not a member
roster-state = On the roster
state-roster = On the roster
state-left = Not on the roster
state-any = All
departure-transferred-out = Transferred out
departure-retired = Retired
departure-deceased = Deceased
people-left-too = { $count ->
        [one] 1 more person who isn't on the roster fits
       *[other] { $count } more people who aren't on the roster fit
    }
people-give = Find who is to be “{ $role }”, open their page by the name, then press “Give”. Who isn't on the roster yet is added first.
whole-unit-administrators = The whole unit (administrators only)
fields-wrong = { $count ->
        [one] 1 thing needs a change; nothing was saved:
       *[other] { $count } things need a change; nothing was saved:
    }
since = since { $day }
login-taken = Somebody else has this login. Choose another one.
code-taken = Another Party unit has this code. Choose another one.
own-role-confirm = This is your own role as administrator; without it you can't do this any more. If you mean it, tick this and send the form again.
person-new = Add a person
person-new-do = Add
person-new-next = Add another person
person-new-no-branches = There are no Party units yet, so only administrators of the whole unit can be added. Add Party units first.
person-new-more = Own number and login (optional)
person-new-password = A first password is made and shown once on the next page, as a slip to print.
person-category = Category
    .help = Optional, e.g. full member, probationary member.
person-number = Number
    .help = Optional: the unit's own number, never an identity number.
person-login = Login
    .help = Optional: without one a short login is made, e.g. m0012.
person-login-change = Login
    .help = Once it is changed, the person signs in with the new one and the same password.
person-added-title = Person added
person-added = { $name } was added
person-added-once = The first password is shown only now. Print the slip or note it down for the person.
person-see = See this person
role-to-have = Role
role-place = Party unit of the role
    .help = It covers that unit and all units below it.
role-give = Give a role
role-give-do = Give
role-take = Take away
sign-in-state = Sign-in
sign-in-state-waiting = first password not changed yet
sign-in-state-own = has an own password
person-keep = Upkeep
person-change = Change name, category, number or login
person-move = Move to another Party unit
person-move-explained = From that day on the membership belongs to the new Party unit. Results so far stay with the unit where the member stood.
person-move-to = New Party unit
person-move-on = From which day
    .help = Not after today, and not before the present membership began.
person-move-do = Move
person-leave = Take off the roster
person-leave-explained = Membership and all roles end on that day, and the person is signed out on all devices. Results and history stay, and the person can be put back later.
person-leave-as = Reason
person-leave-on = Until which day
    .help = Not after today.
person-leave-do = Take off the roster
person-return = Put back on the roster
person-return-explained = A new membership begins on that day; the history stays. Earlier roles don't come back by themselves.
person-return-on = From which day
    .help = Not after today, and not before the last membership ended.
person-return-do = Put on the roster
person-join = Make a member
person-join-explained = A member sits the tests that are set for the Party unit.
person-history = History of memberships and roles
history-from = From
history-until = Until
history-now = today
done-person-moved = Moved.
done-role = The roles were changed.
done-person-left = Taken off the roster. Results and history stay.
done-person-returned = Put on the roster.
slips = Sign-in slips
slip-one = Make a first password and print a slip
slips-intro = One slip for each person with login and first password, to be cut out and handed over.
slips-all-branches = All Party units you administer
slips-waiting = { $place }: { $count ->
        [one] 1 person has not changed the first password yet
       *[other] { $count } people have not changed the first password yet
    }
slips-waiting-none = Everybody has an own password. To give somebody a new one, search below.
slips-waiting-explained = Each of them gets a new first password; first passwords given out before stop working. Nobody who has an own password is touched.
slips-by-branch = How many in each Party unit
slips-make = { $count ->
        [one] Make and print 1 slip
       *[other] Make and print { $count } slips
    }
slips-pick = Only for some people
slips-pick-explained = Search and tick them. Whoever is ticked gets a new first password, also in place of an own one, and is signed out on all devices.
slips-make-picked = Make and print for those ticked
slips-made-title = Ready to print
slips-made = { $count ->
        [one] 1 sign-in slip
       *[other] { $count } sign-in slips
    }
slips-once = Print now, cut along the dashed lines and hand each to its person. For an hour you may load this page again; after that it is not shown any more, and what was not printed has to be made again.
slip-address = Address
slip-how = Open the address in the browser of a phone or computer, type login and first password, then choose a password of your own.
## Sign-in slips of a test
test-slips = Slips for this test
test-slips-intro = One slip for each person, with a QR code and ten digits: whoever scans it or types the digits is signed in to this test, without a password. It works until the test ends, also on a second device when a phone dies.
test-slips-over = The test is over or cancelled; slips no longer work.
test-slips-people = People
test-slips-valid = With a slip
test-slips-missing = Without
test-slips-address = Address on the slips
test-slips-address-help = Choose the one that the phones of those who sit the test can open.
test-slips-make = { $count ->
        [one] Make and print 1 slip
       *[other] Make and print { $count } slips
    }
test-slips-anew = Make all of them anew
test-slips-anew-explained = { $count ->
        [one] The slip that is there stops working at once, also where it is printed, and whoever is signed in with it is signed out. No answer is lost: one goes on with the new slip.
       *[other] The { $count } slips that are there stop working at once, also where they are printed, and whoever is signed in with them is signed out. No answer is lost: one goes on with the new slip.
    }
test-slips-anew-do = Cancel them and make all anew
test-slips-by-branch = By Party unit
test-slips-each = Each person
test-slips-print = Print slips
test-slips-once = Print now, cut along the dashed lines and hand each to its person. For an hour you may load this page again; after that, for safety, it is not shown any more, and what is printed goes on working.
test-slip-how = Scan it, or open this address in a browser and type the digits above. Don’t lend it.
slip-state-in-use = In use
slip-state-made = Made { $at }
slip-state-none = No slip
slip-state-spared = Doesn’t sit it
slip-make-one = Make and print
slip-change = Print anew or cancel
slip-short = Slip
slip-change-explained = The slip before stops working at once and its device is signed out; no answer is lost.
slip-anew-one = Cancel it and print a new one
slip-cancel-one = Only cancel it
slip-door = Sign in with a slip
slip-code = The ten digits on your slip
slip-code-help = For example 12345 67890
slip-with-password = No slip? Sign in with login and password
slip-greet = Hello, { $name }
slip-enter = I am { $name }: sign in
slip-not-me = If this slip isn’t yours, please give it back to the staff.
slip-in-use = This slip is in use on another device
slip-in-use-explained = If you go on, that device is signed out and what was saved goes on here. If that isn’t you, tell the staff in the hall first.
slip-take-over = Go on here
sign-in-with-slip = Have a slip for a test? Type its digits
sign-in-wait = Waiting to sign in
sign-in-place = Your place: { $place }, about { $seconds } s
sign-in-wait-explained = Many people are signing in. This page comes again by itself and goes on when it is your turn; there is no need to type anything again. Please keep it open.
## Trying a device
device-check = Try your device
device-check-do = Try your device
device-check-intro = One minute and two small questions, on the phone or computer that you will use: does signing in work, the display, and saving? They have nothing to do with the test and count nowhere.
device-check-shape = 1. Which of these is a circle?
device-check-circle = circle
device-check-square = square
device-check-triangle = triangle
device-check-word = 2. Please type the word “ready”
device-check-failed = It could not be saved. Check the network and choose again; if that doesn’t help, tell the organizer.
device-check-signed-in = Signed in
device-check-display = Display
device-check-typing = Typing
device-check-saving = Saving
device-check-right = Works
device-check-wrong = Not what was asked for: please look again
device-check-open = Not yet
device-check-saved = Stored by the server at { $at }
device-check-passed = You can sit the test on this device. It opens { $opens }; please sign in some minutes before.
device-checks = Devices tried
device-checks-count = { $checked } of { $due } checked
device-checks-explained = Ask everybody to open the link of the announcement beforehand on the device they will use, and to try it:
device-checks-checked = Checked
device-checks-missing = Not yet
device-checks-all = All
## Getting ready, and the poster
ready = Get ready
ready-good = Good
ready-warn = To do
ready-unknown = Can’t be told
ready-phone-title = Try it with a phone
ready-phone-how = Join the hall’s Wi-Fi with a phone and scan this code. When the phone says “This device reaches Kaohe”, the way is open; then load this page again.
ready-or = or
ready-machine = Server
ready-tests = Next tests
ready-tests-none = No test opens within seven days.
ready-test = { $people } people; { $slips } slips made; { $checked } of { $due } devices checked.
ready-test-drawn = { $drawn } papers ready (they are prepared from 15 minutes before).
ready-address = Address
ready-address-good = Others open { $address }
ready-address-warn = Only this machine itself can open { $address }
    .remedy = Start with --listen 0.0.0.0:8080 (the default) and connect this machine to the network of the hall.
ready-address-unknown = The address can only be seen while the server runs
    .remedy = Open the page “Get ready” of the running server.
ready-phone = Phone
ready-phone-good = A device ({ $device }) opened it at { $at }
ready-phone-warn = No other device opened it within twelve hours
    .remedy = Scan the code above with a phone. If it doesn’t open: is the phone in the same network, does the server’s firewall let the port through, is “AP isolation” switched off at the access point?
ready-phone-unknown = Only the running server knows whether a phone has opened it
    .remedy = Open the page “Get ready” of the running server.
ready-disk = Disk
ready-disk-good = { $free } free
ready-disk-warn = Only { $free } free
    .remedy = Make room, at least 2 GB: on a full disk no answer can be saved.
ready-disk-unknown = The room on the disk of the data can’t be seen
    .remedy = With PostgreSQL, look on the machine of the database.
ready-clock = Clock
ready-clock-good = The server’s time is { $now }: compare it with your watch
ready-clock-warn = The server’s time, { $now }, may be wrong (set by { $drift } s while running, or behind the last event)
    .remedy = Set the system’s time while nobody sits a test, then restart the server.
ready-backup = Backup
ready-backup-good = Last backup: { $at }
ready-backup-warn = { $known ->
        [yes] Last backup: { $at }
       *[no] No backup yet
    }
    .remedy = Run kaohe backup FILE, and keep the copy on another machine or a memory stick.
ready-backup-unknown = PostgreSQL has its own backups
    .remedy = Use pg_dump or the tools of your database.
ready-database = Database
ready-database-good = { $kind }
ready-files = Connections
ready-files-good = The system allows { $most } open files and connections
ready-files-warn = The system allows only { $most } open files and connections
    .remedy = Run ulimit -n 65536 before the start, or write LimitNOFILE=65536 into the systemd service.
ready-files-unknown = How many connections the system allows can’t be seen
    .remedy = For many people make sure that a process may open more than 4096 files.
hello = This device reaches Kaohe
hello-explained = The network works. You can use this device on the day of the test.
poster = Poster
poster-title = How to sign in to the test
poster-wifi = Name of the Wi-Fi network
poster-fill = Put it on the poster
poster-join = Join the Wi-Fi
poster-scan = Scan the code, or type this address into a browser
poster-slip = With a slip, open
poster-help = If it doesn’t open or you can’t sign in, ask the staff.
branch-new = Add a Party unit
branch-new-do = Add
branch-new-below = Add a Party unit below
branch-name = Name
branch-code = Code
    .help = Short and used once, e.g. A1. Rosters and tests name the unit by it.
branch-kind = Kind
    .help = Optional, e.g. committee, general branch, branch.
branch-parent = Stands below
branch-top = nothing (top of the unit)
branch-members = { $all ->
        [one] 1 member
       *[other] { $all } members
    }
branch-members-all = { $all ->
        [one] 1 member with all below
       *[other] { $all } members with all below
    }
branch-members-below = { $own ->
        [one] 1 own member
       *[other] { $own } own members
    }, { $all } with all below
branch-people = See its people
branch-children = Party units below
branch-children-none = There are none below.
branch-keep = Upkeep
branch-change = Change name, code or kind
branch-move = Move below another one
branch-move-explained = Everything below moves along. Later tests add up along the new tree; settled results stay as they are.
branch-move-do = Move
branch-order = Change the order
branch-up = Move “{ $name }” up
branch-down = Move “{ $name }” down
branch-delete = Delete
branch-delete-explained = This Party unit was never used and can be deleted.
branch-delete-do = Delete this Party unit
branch-delete-not = It can't be deleted, because
branch-delete-instead = Past results need it to say how things stood, so it is kept. You can rename it or move it below another one.
branches-none-found = No Party unit was found.
search-branches = Name or code
done-branch-added = The Party unit was added.
done-branch-moved = Moved.
in-use-children = other Party units stand below it
in-use-people = somebody belongs or belonged to it, or holds or held a role there
in-use-tests = tests are set for it or belong to it
in-use-banks = question banks or notes of amended clauses belong to it
in-use-results = settled results name it
roster-title = Load the roster
roster-intro = Party units first, then people. Choose a file: you first see what would be added, changed and moved, and what you have to decide. Nothing is loaded before you say so, and you need not choose the file again.
roster-branches = Party units
roster-branches-help = CSV or Excel with the columns code, name, parent, kind (or 代码、名称、上级、类别). Other headings can be assigned in the next step.
roster-members = People
roster-members-help = CSV or Excel with the columns login, name, branch, role, password (or 登录名、姓名、所在支部、角色、密码); also category, number, order, active. Without a column of logins they are made. Without a role: member. Other headings can be assigned in the next step.
roster-file = Choose a file
roster-load = Load as shown
roster-checked = Checked; nothing has been loaded yet. Look at the changes below, answer the questions, then load.
roster-loaded = Loaded.
roster-new = { $count } new
roster-changed = { $count } changed
roster-moved = { $count } moved
roster-ended = { $count } memberships ended
roster-missing = { $count } not in the file
roster-ignored = These columns were not read: { $columns }. If they should have been, check their headings.
roster-unchanged = { $count } unchanged
roster-look = See what would change
roster-template = Template:
choose-file = Choose a file
or-drop = (or drop it here)
roster-remembered = Headings remembered
roster-remembered-help = Sheets are read by these meanings from now on.
roster-unlearn = Forget
roster-unlearned = The heading is forgotten.
roster-twice = Two columns have the same meaning. Change one and check again.
roster-twice-here = Another column has this meaning too.
roster-check-again = Check again
roster-other-file = Another file
roster-same = Possibly the same person: { $count }
roster-same-help = These people of the sheet have the name or number of somebody known. Say whether they are the same: then results and history stay with them; otherwise somebody new is made.
roster-same-who = Row { $row }: { $name } ({ $login })
roster-same-choose = Please choose
roster-same-new = No, somebody else: add a new person
roster-same-others = All others above are somebody else: add them as new people
roster-same-left = not on the roster
roster-same-number = same number
roster-missing-help = These people are on the roster but not in this file. They stay as they are unless you say why they left: then they are off the roster and can't sign in; results and history stay.
roster-missing-all = For all who aren't in the file
roster-missing-as-all = As chosen above
roster-stays = Stays on the roster
roster-left = { $count } left
roster-columns = What the columns mean
roster-columns-help = This is how the sheet is understood. Change what is wrong and check again; it is remembered once the sheet is loaded. Logins that look like identity numbers can't be kept: choose “not read” for that column, and logins are made.
roster-heading-row = Row of the headings
roster-heading = Heading
roster-examples = Examples
roster-meaning = Meaning
roster-then-people = Go on with the people
column-none = not read
column-score = Mark
column-source = Source
column-login = Login
column-name = Name
column-branch = Party unit
column-role = Role
column-password = Password
column-must_change = Must change the password
column-category = Category
column-number = Number
column-order = Order
column-active = On the roster
column-code = Code
column-parent = Unit above
column-kind = Kind
expected-same = LOGIN-OR-ROW=LOGIN of a known person; nothing behind the sign: somebody new.
expected-left = LOGIN=transferred-out, retired or deceased.
cli-possibly-same = Row { $row }, { $name } ({ $login }), may be somebody known: { $known }. Say who it is with --same { $row }=LOGIN, or --same { $row }= for somebody new.
first-passwords = First passwords
first-passwords-once = Shown only now. Print or copy them and hand them out; each is changed at the first sign-in.
first-password = First password

# Errors
form-again-signed-in = What you filled in has not been sent. Sign in in a new tab with the button below, then come back and reload this page: it is sent again.
form-again = What you filled in has not been sent. Reload this page in a few seconds: it is sent again.
opens-beside = (opens in a new tab)
page-too-large = Too large
    .remedy = Use a smaller file or several ones, and try again.
page-unreadable = The form did not arrive completely
    .remedy = The connection may have broken. Go back and try again.
page-wrong-method = This address can't be opened like that
    .remedy = Begin again from the home page.
page-failed = The server failed
    .remedy = Saved answers are safe. Try again in a while; if it goes on, tell your administrator.
error-sign-in-needed = Please sign in
    .remedy = Sign in to go on.
error-foreign-origin = This request didn't come from a page of this server
    .remedy = Do it again from a page of this server.
error-wrong-credentials = Login or password is wrong
    .remedy = Check capitals and your input method, and try again. An administrator can reset a forgotten password.
error-too-many-failures = Too many failed sign-ins
    .remedy = Wait { $minutes } minutes and try again. An administrator can reset a forgotten password.
error-password-change-needed = Change your first password
    .remedy = After that you can go on.
error-bad-password = This password can't be used
    .remedy = A password has 8 to 200 characters and differs from the one before.
error-link-not-valid = The link is not valid or was used
    .remedy = Sign in. If there is no administrator yet, restart the server and use the link it prints.
error-slip-not-valid = The slip is not valid
    .remedy = Check the digits. If the slip was cancelled or the test is over, ask the staff for a new one, or sign in with login and password.
error-slip-in-use = The slip is in use on another device
    .remedy = If it is the same person, sign in again with take_over; that device is then signed out.
error-printout-gone = This page is no longer kept
    .remedy = What is printed goes on working. What was not printed has to be made again on the page you came from.
error-forbidden = You may not do this
    .remedy = { $known ->
        [yes] It needs the role “{ $role }” at the Party unit concerned. Ask an administrator if you need it.
       *[no] Ask an administrator if you need it.
    }
error-not-found = { $thing } not found
    .remedy = It may not exist, or not for you. Check the address, or begin from the home page.
    .command = It may not exist. Check how it is spelt.
error-invalid-field = “{ $field }” is not right
    .remedy = { $expected }
error-invalid-fields = { $count ->
        [one] 1 field is wrong
       *[other] { $count } fields are wrong
    }
    .remedy = { $expected }
error-last-administrator = This is the last administrator of the whole unit
    .remedy = Name another administrator of the whole unit first.
error-own-role = This takes your own role as administrator away
    .remedy = If you mean it, confirm it and send it again.
error-branch-in-use = This Party unit can't be deleted
    .remedy = { $uses }. You can rename it or move it below another one.
error-unreadable = { $known ->
        [yes] The request can't be read at line { $line }, column { $column }: { $why }
       *[no] The request did not arrive completely
    }
    .remedy = { $known ->
        [yes] { $remedy }
       *[no] Please try again.
    }
error-invalid-parameter = The address can't be used: { $why }
    .remedy = { $remedy }
error-too-large = The request is too large
    .remedy = Send less at once, or use a smaller file.
error-invalid-file = The file has errors ({ $count }); nothing was stored
    .remedy = Mend them as described and try again.
error-invalid-sheet = The sheet has errors ({ $count }); nothing was stored
    .remedy = Mend them as described and try again.
error-shortfall = Not enough questions ({ $count })
    .remedy = Ask for fewer, allow more topics or difficulties, or add questions.
error-name-taken = This name is taken: { $thing }
    .remedy = Choose another one.
error-changed-meanwhile = Somebody else has just changed it
    .remedy = Reload and do it again.
error-unanswered = { $count } people of the sheet may be somebody known
    .remedy = Say for each whether it is the same person; nothing has been loaded yet.
error-file-gone = This file is no longer kept here
    .remedy = It was loaded already, or sent more than a day ago. Choose it again.
error-papers-are-out = Papers have been given out; this can't be changed any more
    .remedy = Only times can be made longer. For anything else cancel the test and make another.
error-keys-were-shown = This sitting can't go on: its member could already see the correct answers
    .remedy = Give the member another attempt, or a make-up test.
error-test-is-over = The test is over or cancelled
    .remedy = It can't be changed any more.
error-test-not-over = The results of the test aren't settled yet
    .remedy = Come back after it has closed and every answer is marked; to go on now, close the test first.
error-not-signed-off = The results of this year aren't signed off yet
    .remedy = Sign them off on the page of the annual assessment first, then send the signed pages.
error-objections-closed = { $had ->
        [yes] The time to object ended on { $since }
       *[no] No more objections are taken to this test
    }
    .remedy = Turn to the organizers of the test.
error-objection-answered = This objection was answered or withdrawn already
    .remedy = Load the page again to see it.
error-too-many-objections = You have written too often about this question
    .remedy = Wait for the answer, or turn to the organizers.
error-second-person-needed = A second person has to approve
    .remedy = Whoever proposed a correction or entered a paper can't approve it; ask another organizer.
error-not-open = { $state ->
        [early] The test opens at { $opens }
       *[closed] The test closed at { $closed }
    }
    .remedy = { $state ->
        [early] Come back then.
       *[closed] If there is a reason, talk to the organizer.
    }
error-cancelled = This test was cancelled
    .remedy = Reason: { $reason }
error-too-late = It is too late to start
    .remedy = If there is a reason, talk to the organizer.
error-no-attempt-left = No sitting is left
    .remedy = You find your result on the home page.
error-too-early = It is too early to hand in
    .remedy = You can hand in from { $from } on. Your answers are saved.
error-stale-save = This question was changed elsewhere
    .remedy = Look at the saved answer and choose again if needed.
error-taken-over = The test was taken over on another device
    .remedy = Press “Continue on this device” to go on here.
error-paused = The test is paused
    .remedy = Answering and the time stand still. It goes on by itself when the organizers say so; everything saved is kept.
error-attempt-open = The sitting is still open
    .remedy = Save answers as usual; only what did not arrive by its end goes to the organizer.
error-late-decided = This was decided already
    .remedy = Late answers are decided about once; the reason stands on the page of the result.
error-attempt-finished = Already handed in
    .remedy = Nothing can be saved any more; see the result.
error-deadline-passed = Time is over
    .remedy = Answers saved before the deadline count.
error-response-misfit = The answer doesn't fit the question: { $misfit }
    .remedy = Please answer it again.
error-no-room = The server has no room left
    .remedy = Your answer is not saved, and stays on your device; it is sent again by itself. Tell your administrator: the disk of the server is full.
error-busy = Very busy right now
    .remedy = Try again in a few seconds.
error-not-for-this-database = Not possible with this database
    .remedy = Use the database's own backup.
error-internal = The server failed
    .remedy = Saved answers are safe. Try again in a while; if it goes on, give your administrator the request number.
thing-page = Page
thing-bank = Bank
papers-title = Sitting on paper
papers-explained = For members without a device: print a member's own paper with an answer sheet, the same that would be drawn on a device. What the member wrote is entered by one person and checked by another; only then is it marked. While a paper waits, the member can't start on a device, and the test isn't settled.
papers-printed = Printed papers
papers-print = Papers to print
papers-print-waiting = Print all that wait
papers-print-help = Each paper and each answer sheet begins on a new page. Keep them locked away until the test opens.
papers-print-do = Draw and print
papers-none-waits = No paper waits to be printed.
papers-state = State
papers-waits = printed
papers-entered = entered, to be checked
papers-checked = checked and marked
papers-void = void
papers-void-do = Declare void
papers-new = Print papers for
papers-new-help = Tick members, or write their logins. Who has begun on a device isn't listed.
papers-nobody = Everybody has begun, or has a paper.
papers-logins = Logins, one in a line
papers-paper = Paper
papers-answers = Answer sheet
papers-rules = { $minutes } minutes, { $full } points. Write your answers on the answer sheet.
papers-signed = Signature: ____________________   Time handed in: ____________
papers-enter = Enter the answers
papers-enter-help = Enter what stands on the answer sheet, and nothing else. What can't be read stays empty; the second person sees it.
papers-enter-do = Save what was entered
papers-check = Check what was entered
papers-check-help = Compare every line with the answer sheet. If all of it agrees, it is marked at once; otherwise change it, and somebody else checks again.
papers-check-do = It agrees with the paper
papers-change = Change it
papers-written = Written
papers-own = You entered it yourself; somebody else has to check it.
unanswered = unanswered
finished-by-paper = You sat on paper; your answers were entered by one person and checked by another.
thing-paper = Paper
error-on-paper = A paper has been printed for you
    .remedy = What you write on it counts. If you want to sit on a device instead, ask the organizer to declare the paper void.
expected-papers = One to 200 members, by login.
trace-paper-entered = Entered from paper
cli-paper = { $name } ({ $login }): { $state }
thing-test = Test
thing-attempt = Sitting
thing-question = Question
thing-branch = Party unit
thing-person = Person
thing-pause = Pause
thing-slip = slip
thing-correction = correction
thing-objection = objection
thing-mark-list = mark or list of marks
thing-amendment = note of an amended clause
thing-assessment = annual assessment
misfit-form = not the form this kind takes
misfit-unknown-label = no such option
misfit-repeated-label = an option twice
misfit-gap-count = another number of gaps
misfit-part-count = another number of parts
misfit-incomplete = not every option
misfit-too-long = a text that is too long
misfit-nul = a character that can't be kept
expected-branch = Choose a Party unit.
expected-code = A code has 1 to 100 characters.
expected-code-in-test = A test that isn't over names the unit by this code; it can be changed afterwards.
expected-day = Write it like 2026-11-20.
expected-day-after-start = It can't lie before the day of the membership before.
expected-day-past = It can't lie after today.
expected-departure = Choose the reason.
expected-fewer-slips = At most 2,000 people at once: make slips for one Party unit after the other.
expected-membership = This person isn't a member now and can't be moved.
expected-no-circle = It can't stand below itself or what is below it.
expected-no-membership = This person is a member elsewhere: move them instead.
expected-role = Choose a role: member, organizer, committee, administrator.
expected-short = Too long: 100 characters at most.
expected-somebody = There is nobody to make slips for: choose at least one person.
expected-somebody-without-slip = Everybody has a slip already. To replace one, choose to print it anew.
expected-state = One of roster, left, any.
expected-up-or-down = Either up or down.
expected-closes-after-opens = The closing has to be later than the opening.
expected-filled-first = You changed the file below. Press “Fill the form from the file” first and look it over, or put the file back as it was.
expected-login = A login has 1 to 100 characters.
expected-minutes = Whole minutes from 0 to 10080.
expected-no-identity-number = It looks like an identity number, which is never stored. Choose another login.
expected-not-empty = It can't be empty.
expected-late-responses = Give at least one response, and at most one for each question.
expected-late-decision = Choose whether to accept.
expected-correction-of-written = Written answers have no answer to change: give all points, don't count the question, or correct single marks.
expected-correction-own = Nobody corrects an own mark; ask another organizer.
expected-correction-points = Points from 0 to those of the question.
expected-correction-position = The number of the question on the paper, from 1.
expected-correction-number = Which sitting, a whole number from 1.
expected-correction-change = Choose a correction.
expected-assessment-year = The year in the file has to be that of the address.
expected-adjustment-points = Points from -100 to 100, not 0, with at most two decimals.
expected-mark-score = Points from 0 to full marks, or percent from 0% to 100%, with at most two decimals.
expected-mark-source = A mark needs its source and reason, in at most 500 characters.
expected-mark-own = Nobody enters or takes back an own mark; ask somebody else.
expected-category = Nobody has this category; take one of those on the report.
expected-category-of-report = Only the score report can be narrowed to a category.
expected-adjustment-own = Nobody adjusts an own result, or takes that back; ask somebody else.
expected-signers = At least one name, at most 20.
expected-half-points = Points from 0 to full marks, in halves.
expected-part-points = Points for each part that a person marks, from 0 to its full marks in halves, and nothing for the others.
expected-note = At most 1,000 characters.
expected-presence = Choose on leave, not required, disqualified, or take back.
expected-reason = Give a reason of at most 500 characters.
expected-markers = At most 100 markers.
expected-objection = Say what is wrong, in at most 500 characters.
expected-objection-answer = Write an answer of at most 500 characters.
expected-objection-upheld = Choose whether the objection is right.
expected-message = Write a message of at most 500 characters.
expected-one-scope = Name a branch or a person, not both.
live-title = Live view
live-open = Live view
live-refresh = Show how it stands now
live-saves = answers saved a second
live-answered = Answered
live-last = Last answer
live-until = Until
live-just-now = just now
live-minutes-ago = { $minutes } min ago
live-state-silent = silent for 5 minutes
live-state-paused = paused
live-state-working = working
live-state-not-started = not started
live-state-finished = handed in
live-state-away = on leave or not required
live-everyone = Everyone
live-whom = For whom
live-messages = Messages sent
live-message = Send a message
live-message-one = Send a message to this member
live-text = Message
live-pause = Pause
live-pause-one = Pause for this member
live-pause-help = No time runs and no answer is taken until you let the test go on. The time that stood still is given back.
live-resume = Go on
live-paused = Paused: { $whom }, since { $since } ({ $reason })
live-extra = Give extra minutes
live-reopen = Let this member go on
live-reopen-help = For a paper handed in by mistake: the answers stay, the mark is taken back, and the time since is added.
live-one-help = To act for one member, choose the name in the list.
live-done-paused = The test stands still.
live-done-resumed = The test goes on.
live-done-sent = The message is on its way; pages show it within half a minute.
live-done-reopened = The member can go on.
expected-act = The form is incomplete; open the page again.
expected-same-name = The name of a test can't be changed.
expected-column = HEADING=MEANING with a known meaning; nothing behind the sign: the column isn't read.
expected-count = A whole number from 1 to the limit.
expected-save = A whole number from 1 to 2^53−1.
expected-moment = Write it as 2026-11-20 09:00.
shortfall = { $rows }: { $needed } needed, { $there } there
shortfall-row = section { $section }, row { $row } ({ $bank }{ $has_topics ->
        [yes] { " · " }{ $topics }
       *[no] {""}
    } · { $kind }{ $has_difficulty ->
        [yes] { " · difficulty " }{ $difficulty }
       *[no] {""}
    })

problem-syntax = This is not JSON{ $known ->
        [yes] ; expected: { $expected }
       *[no] {""}
    }
    .remedy = Often a comma, quote or bracket is missing.
problem-too-deep = Nested too deep
    .remedy = At most 64 levels; check the brackets.
problem-too-large = The file is too large
    .remedy = At most { $expected } bytes; split it.
problem-empty-file = No file was chosen, or it is empty
    .remedy = Choose a file with something in it.
problem-not-utf8 = The file is not UTF-8
    .remedy = Save it as UTF-8 and try again.
problem-missing = “{ $expected }” is missing
    .remedy = Add it.
problem-unknown-field = There is no field “{ $found }”
    .remedy = { $known ->
        [yes] Did you mean “{ $expected }”?
       *[no] Remove it, or check the spelling.
    }
problem-repeated-field = “{ $found }” stands twice
    .remedy = Keep one.
problem-wrong-type = The wrong type: { $found }
    .remedy = Expected: { $expected }.
problem-not-one-of = “{ $found }” is not known here
    .remedy = One of: { $expected }.
problem-bad-name = “{ $found }” can't be a name
    .remedy = Letters, digits and . _ - only, 1 to 64 characters.
problem-bad-label = “{ $found }” can't be a label
    .remedy = Use labels such as A, B, C{ $known ->
        [yes] { " " }({ $expected })
       *[no] {""}
    }.
problem-bad-code = “{ $found }” can't be a code
    .remedy = A code has 1 to 100 characters and no control characters.
problem-empty = Empty
    .remedy = Fill it in.
problem-too-many = Too many or too long: { $found }
    .remedy = At most { $expected }.
problem-repeated-id = The id “{ $found }” stands twice
    .remedy = { $known ->
        [yes] First in line { $expected }; choose another one.
       *[no] Choose another one.
    }
problem-unknown-topic = There is no topic “{ $found }”
    .remedy = { $known ->
        [yes] Did you mean “{ $expected }”?
       *[no] Declare it in topics, or check the spelling.
    }
problem-unknown-label = There is no option “{ $found }”
    .remedy = The options are { $expected }.
problem-repeated = “{ $found }” stands twice
    .remedy = Keep one.
problem-out-of-range = { $found } is out of range
    .remedy = Expected: { $expected }.
problem-unknown-question = There is no question “{ $found }”
    .remedy = { $known ->
        [yes] Did you mean “{ $expected }”?
       *[no] Check the id.
    }
problem-excludes-itself = A question can't exclude itself
    .remedy = Remove “{ $found }” from excludes.
problem-several-files = Several question files stand in this ZIP: { $found }
    .remedy = Put one question file with its pictures into each ZIP, and send them one by one.
problem-picture-missing = The picture “{ $found }” isn't there
    .remedy = Put it into one ZIP (or the same folder) with the bank file, under this very name.
problem-picture-unfit = “{ $found }” can't be used as a picture
    .remedy = Pictures may be { $expected } at most.
problem-formula-unsound = A formula isn't sound, or holds what can't be shown
    .remedy = Check the MathML: every tag closed, and only elements that draw formulas.
problem-gaps-differ = Gaps of stem and answer don't match: { $found }
    .remedy = The answer asks for { $expected }; mark gaps as {"{{"}1{"}}"}, {"{{"}2{"}}"} … and answer each.
problem-not-number = “{ $found }” is not a number
    .remedy = A gap marked as a number takes numbers, with a unit if you like.
problem-no-options-here = This kind has no options
    .remedy = Remove options.
problem-options-missing = The answer leaves out { $found }
    .remedy = Every option must stand in it once.
problem-weights-sum = The weights come to { $found } %
    .remedy = Weights add up to { $expected } %.
problem-shares-sum = The shares come to { $found }
    .remedy = Shares of marking points add up to { $expected }.
problem-part-shares = The shares of the parts don't fit: { $found }
    .remedy = Give each part a share, { $expected } in all; or none of them, then they count the same.
problem-answer-in-parts = The answers of a case stand in its parts
    .remedy = Remove answer, and give each of the parts its own.
problem-bad-points = “{ $found }” can't be points
    .remedy = Points start at 0 and have at most two decimals.
problem-bad-time = “{ $found }” is not a time
    .remedy = Date, time and zone, e.g. 2026-11-20T09:00:00+08:00.
problem-closes-first = It closes before it opens
    .remedy = Change opens or closes.
problem-closes-past = The test would be over already
    .remedy = Give a closing that lies ahead.
problem-bands-overlap = Bands of difficulty overlap: { $found }
    .remedy = No difficulty may be in two bands.
problem-bands-sum = The bands add up to { $found }
    .remedy = They have to add up to { $expected }, the count of the row.
problem-practice-only = Only practice may have “{ $found }”
    .remedy = Use after_close, or make it practice.
problem-excellent-below-pass = The line of excellence lies below the pass line
    .remedy = Raise excellent or lower pass.
problem-not-for-kind = “{ $found }” can't stand here
    .remedy = It is for { $expected } only; remove it.
problem-not-for-occasion = “{ $found }” can't stand in this test
    .remedy = It is for the occasion { $expected } only; remove it or change the occasion.
problem-one-of-fields = It needs exactly one of { $expected }
    .remedy = Give one of them and remove the others.
problem-cap-unfit = The cap “{ $found }” doesn't fit the first test
    .remedy = Choose { $expected }: a pass can be made up, an excellent result can't.
problem-unknown-test = There is no test “{ $found }” that can be made up for
    .remedy = Its results must be settled, and it must lie within your Party units.
problem-unknown-member = “{ $found }” is no member in the Party units that take it
    .remedy = Check the login, or remove it.
problem-nobody-takes-it = Nobody would take it
    .remedy = Choose other people or Party units.
problem-unknown-bank = There is no bank “{ $found }” to draw from
    .remedy = { $known ->
        [yes] Did you mean “{ $expected }”?
       *[no] Load it first, or ask for it to be shared.
    }
problem-unknown-branch = There is no Party unit of the code “{ $found }”
    .remedy = { $known ->
        [yes] Did you mean “{ $expected }”?
       *[no] Load it first, or check the code.
    }
problem-more = { $found } more problems are not listed
    .remedy = Mend those above first; the others show then.
problem-nul = A character that can't be kept
    .remedy = Remove the invisible character U+0000.

sheet-unreadable = The file can't be read
    .remedy = Save it as .xlsx or CSV and try again.
sheet-encoding = The encoding is not known
    .remedy = Save it as CSV in UTF-8 or GB18030, or as .xlsx.
sheet-no-header = No heading row was found
    .remedy = It needs at least: { $expected }. Or say what the columns mean.
sheet-missing-column = A column is missing: { $expected }
    .remedy = Add it to the heading, or say which column it is.
sheet-repeated-column = A column stands twice: { $found }
    .remedy = Keep one.
sheet-several-sheets = Several sheets could be meant: { $found }
    .remedy = Keep one sheet and try again.
sheet-no-rows = There is nothing below the heading
    .remedy = Check that it is the right file and sheet.
sheet-too-large = Too large or too many rows
    .remedy = At most { $expected }; split it.
sheet-empty = Empty
    .remedy = Fill it in.
sheet-bad-text = “{ $found }” is too long or has special characters
    .remedy = Shorten it; remove line breaks and the like.
sheet-not-one-of = “{ $found }” is not known
    .remedy = One of: { $expected }.
sheet-not-number = “{ $found }” is not a whole number
    .remedy = Write a whole number.
sheet-repeated = “{ $found }” stands twice
    .remedy = { $known ->
        [yes] First in row { $expected }; keep one.
       *[no] Keep one.
    }
sheet-unknown-branch = There is no Party unit “{ $found }”
    .remedy = { $known ->
        [yes] Did you mean “{ $expected }”?
       *[no] Load Party units first, or check name and code.
    }
sheet-ambiguous-branch = Several Party units are called “{ $found }”
    .remedy = Write the code: { $expected }.
sheet-circle = “{ $found }” would stand below itself
    .remedy = Check the column of the unit above.
sheet-name-differs = One login with different names: { $found }
    .remedy = Use one name{ $known ->
        [yes] { " " }({ $expected })
       *[no] {""}
    }, or another login.
sheet-two-memberships = “{ $found }” has two memberships
    .remedy = A person belongs to one branch; keep one row.
sheet-identity-number = It looks like an identity number
    .remedy = Identity numbers are never stored. Remove it, or let logins be made.
sheet-bad-password = The password is too short or too long
    .remedy = { $expected } characters; or leave it empty and a first password is made.
sheet-branch-needed = The Party unit is missing
    .remedy = Only administrators may go without, for the whole unit.
sheet-outside-rights = “{ $found }” lies outside what you may change
    .remedy = Remove the row, or ask an administrator above.
sheet-role-not-yours = You can't give the role “{ $found }”
    .remedy = An administrator of the whole unit can.
sheet-login-taken = The login “{ $found }” belongs to somebody else
    .remedy = Choose another one.
sheet-same-person-twice = Two rows are said to be “{ $found }”
    .remedy = Say for one of them that it is somebody else.
sheet-not-assessed = “{ $found }” is nobody who is assessed here
    .remedy = Check the login; assessed is who is on the roster at the year's end.
sheet-not-mark = “{ $found }” is no mark
    .remedy = Write points from 0 to { $expected }, or percent from 0% to 100%.
sheet-own-mark = “{ $found }” is yourself
    .remedy = Nobody enters an own mark; remove the row and ask somebody else.
sheet-unknown-login = There is nobody with the login “{ $found }”
    .remedy = Only who is on the roster can leave it; check the login.

## What the command line prints.
cli-database-failed = The database could not be used: { $why }. Check the folder or URL and its rights.
cli-file-failed = { $file }: { $why }.
cli-file-problem = line { $line }, column { $column } ({ $pointer }): { $what }. { $remedy }
cli-sheet-problem = row { $row }, column “{ $column }”: { $what }. { $remedy }
cli-demo-making-large = Making a unit of { $members } members with { $tests } tests behind it; a million sittings take about an hour and 13 GB …
cli-demo-progress = { $percent } % · { $done } of { $of } sittings
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
cli-serving-rehearsal = Kaohe serves an empty place for rehearsals from { $address }, beside the data in { $data }, which it leaves alone. Play an exam day with: kaohe rehearse { $address }. Stop with Ctrl-C.
cli-rehearse-heading = step	calls	per second	p50 ms	p95 ms	p99 ms	longest ms
cli-rehearse-sign_in = sign in
cli-rehearse-start = start
cli-rehearse-save = save
cli-rehearse-submit = hand in
cli-rehearse-machine =
    The bare framework answered { $bare } calls a second in the same run. The server used { $processor } µs of a processor for each save, and { $memory } MB of memory.
    Calls made again after a lost connection: { $repeated }; because the server was busy: { $busy }.
cli-rehearse-ready = Ready: { $members } members sat the test, all { $acknowledged } answers that were called saved are stored, and every score is right.
cli-rehearse-lost = Not ready: of { $acknowledged } answers that were called saved { $missing } are missing; { $failures } failures.
cli-rehearse-not-ready = The rehearsal failed. { $value }
cli-rehearse-failed = The rehearsal could not run: { $value }. Is the server started with “kaohe serve --rehearsal”?
cli-first-link = There is no administrator yet. Make the first one here (works once): { $link }
cli-clock-behind = The machine's clock lies behind the last stored event of { $value }. Set the clock, or start with --accept-clock if the time is right.
cli-already-served = These data are served already by process { $value }. Stop that one first, or use another folder.
cli-tls-certificate = { $value } holds no certificate that can be read. Give a file in PEM (it begins with -----BEGIN CERTIFICATE-----).
cli-tls-key = { $value } holds no private key that can be read. Give a file in PEM, not encrypted (it begins with -----BEGIN PRIVATE KEY-----).
cli-tls-pair = The certificate and the key can't be used together: { $value }. Check that they are a pair.
cli-cannot-listen = Can't listen there ({ $value }). Another program may use the port: choose another with --listen.
cli-bank-good = { $file }: bank { $bank }, { $count } questions, no errors.
cli-bank-bad = Files with errors: { $value }. Mend them and check again.
cli-bank-shared = Shared: organizers below may draw from it without seeing correct answers.
cli-bank-not-shared = Not shared: only who organizes at its own Party unit or above may draw from it.
cli-bank-none-loaded = { $value } of the files can't be loaded; nothing was loaded.
cli-bank-loaded = { $bank }: edition { $edition }; { $added } added, { $changed } changed, { $removed } removed, { $unchanged } unchanged.
cli-bank-would-load = { $bank }: would be edition { $edition }; { $added } added, { $changed } changed, { $removed } removed, { $unchanged } unchanged. Nothing was stored.
cli-ignored = Columns left unread: { $columns }
cli-branches-loaded = Branches: { $new } new, { $changed } changed, { $moved } moved, { $unchanged } unchanged, { $missing } not in the file (kept).
cli-members-loaded = People: { $new } new, { $changed } changed, { $moved } moved, { $ended } ended, { $unchanged } unchanged, { $missing } not in the file, { $left } of them left.
cli-first-passwords = First passwords (shown only now; each is changed at the first sign-in):
cli-first-password = First password: { $password } (shown only now; to be changed at the first sign-in)
cli-dry-run = Nothing was stored: this was a dry run.
cli-user-added = { $login } was added.
cli-user-moved = { $login } was moved.
cli-user-roles = The roles of { $login } were changed.
cli-user-left = { $login } was taken off the roster; results and history stay.
cli-password-set = The password of { $login } was set; all sessions have ended.
cli-test-made = Test { $test } was made. Proof that papers were not changed: { $commitment }
cli-test-opened = Test { $test } is open.
cli-test-paused = Test { $test } stands still (pause { $pause }).
cli-test-resumed = Test { $test } goes on.
cli-test-not-paused = Test { $value } isn't paused.
cli-test-closed = Test { $test } is closed; every attempt has ended and is marked.
cli-slips-written = { $count } sign-in slips written to { $file }. It holds the codes: keep it safe, or delete it once printed.
cli-slips-ending = The file must end in .html or .csv: { $value }
cli-not-ready = There is something to do: see above.
cli-tls-failed = The certificate could not be made: { $value }
cli-tls-made = Certificates made for: { $names }
    { "" }
    Start with: kaohe serve --tls-cert { $server } --tls-key { $key }
    Phones and computers have to trust { $authority } once: copy the file to the device, open it, and install it as a CA certificate. On iPhones switch it on afterwards in Settings → General → About → Certificate Trust Settings.
    A device without it shows a warning. Keep the .key files in that folder to yourself.
cli-tls-renewed = The server’s certificate was made anew for: { $names }
    { "" }
    Start with: kaohe serve --tls-cert { $server } --tls-key { $key }
    Devices that trust { $authority } need nothing more.
cli-draw-holds = The draw holds: { $papers } papers drawn again, each the same, and the commitment fits.
cli-commitment-broken = The commitment of { $value } doesn't fit: blueprint, editions, audience or secret were changed after it was made.
cli-edition-edited = Questions of these banks were edited after they were loaded: { $value }
cli-draw-differs = These attempts have papers that the draw doesn't give: { $value }
cli-trace-holds = The change record holds: { $links } entries, head { $head }.
cli-trace-broken = The change record doesn't hold.
cli-trace-link = Entry { $seq } was edited, removed or put in another order.
cli-trace-detail-edited = The particulars of entry { $seq } were edited.
cli-trace-detail-missing = The particulars of entry { $seq } are gone, although the answers they speak of are kept.
cli-trace-attempt = Test { $test }, { $login }: the sitting { $attempt } is not as it was recorded (answers, marks, times or Party unit).
cli-trace-unchecked = Test { $test }, { $login }: the sitting { $attempt } can't be checked any more; its answers and particulars are gone.
cli-trace-test = Test { $test }: rules, times, cancelling or who was due are not as recorded.
cli-no-ready-rules = There are no ready rules named { $value }; there are study-and-annual, monthly-nine-of-twelve, monthly-quarterly-annual.
cli-assessment-set = The rules of { $year } are saved.
cli-mark-entered = { $login }: { $points } of { $full } entered.
cli-mark-ended = { $login }: { $points } of { $full } taken back; it stays in the record.
cli-mark-none = { $value } has no mark in this list that could be taken back.
cli-adjusted = { $login }: { $points } points ({ $adjustment }).
cli-adjustment-ended = { $login }: { $points } points taken back; they stay in the record.
cli-adjustment-none = { $value } has no such points that could be taken back.
cli-adjustment-many = { $value } has several, listed above: name one with --adjustment.
cli-marks-loaded = Marks: { $new } new, { $changed } changed, { $unchanged } unchanged; { $left } rows without a mark.
cli-assessment-signed = Version { $number } is signed off, digest { $digest }
cli-list-heading = Place	Result	Unit	Login	Name
cli-assessment-heading = Place	Result	Band	Unit	Login	Name
cli-trace-assessment = Annual assessment { $year }: rules, adjustments or signed results are not as recorded.
cli-trace-presence = Test { $test }, { $login }: the attendance is not as recorded.
cli-report-final = Final
cli-figures-right = { $test }: the stored figures are those that follow from the attempts
cli-figures-wrong = { $test }: { $count } stored figures differ from those that follow from the attempts
cli-figures-differ = { $value } stored figures are wrong. Keep a backup of the data, and tell the developers; the branches are listed above.
cli-report-provisional = Not final yet
cli-report-heading = due	sat	participation %	mean %	pass %	excellent %	branch (* its own members)
cli-whole-unit = whole unit
cli-no-data = { $value } holds no data to back up.
cli-restore-other = { $value } is not a copy of Kaohe's data. Give the file that kaohe backup wrote.
cli-restore-damaged = { $value } is damaged: SQLite can't read all of it. Use another copy.
cli-restore-newer = { $value } was written by a newer version of Kaohe. Use that version or a newer one.
cli-backup-exists = { $value } is there already. Choose another name: a copy never overwrites.
cli-backup-written = { $file } holds a consistent copy. Try it: kaohe restore { $file } --data NEW-FOLDER
cli-restore-not-empty = { $value } holds data already. Restore into an empty folder.
cli-late-waiting = waiting
cli-late-accepted = accepted
cli-late-refused = refused
cli-late-none = No late answers of test { $value } wait for a decision.
cli-marker-named = { $login } marks at { $test }.
cli-marker-ended = { $login } no longer marks at { $test }.
cli-objections-answered = Objections answered: { $count }
cli-late-decided = { $attempt }: { $before } → { $score } points
cli-whole-problem = { $what }. { $remedy }
cli-correct-missing = This correction also needs { $value }.
cli-correction-approved = Approved; results were marked again.
cli-correction-refused = Refused; nothing has changed.
cli-correction-made = Corrected; results changed: { $changed }.
cli-correction-previewed = Results that would change: { $changed }; { $passing } would pass, { $failing } would no longer pass. Nothing was changed.
cli-follow-postgres = backup --follow copies a SQLite file. For PostgreSQL let the database keep its own spare (streaming replication): docs/operator.md, “A spare machine”.
cli-follow-same = { $value } is the folder of the data itself. Give another one, on another disk or machine.
cli-follow-own = { $value } holds data of its own; perhaps a spare that has taken over. They are not written over: give an empty folder.
cli-follow-others = This folder holds the copy of { $value }. Give each its own folder.
cli-following = { $folder } holds a whole copy, and is kept up with the data. Stop with Ctrl-C.
cli-followed = { $folder } holds a whole copy as of now. Go on from it with: kaohe serve --data { $folder }
cli-follow-behind = The copy in { $folder } lies { $seconds } s behind, and is tried again:
cli-follow-slow = The copy in { $folder } was { $seconds } s behind: the disk or the network to it is slow.
cli-follow-again = The copy in { $folder } is whole again.
cli-restored = Restored into { $folder }.

problem-bad-network = “{ $found }” is neither a network nor an address
    .remedy = Write a network like { $expected }, or one IP address.
problem-bad-config-key = “{ $found }” is not a config key of Safe Exam Browser
    .remedy = A config key has 64 hexadecimal digits; the configuration tool shows it under “Exam”.
error-address-not-admitted = This test can’t be taken from this network
    .remedy = Your address is { $address }. Connect to the network of the hall, or ask the organizer. What was saved is kept.
error-safe-exam-browser-needed = This test is taken with Safe Exam Browser
    .remedy = Open Safe Exam Browser with the configuration that the organizer gave, then this test.
error-test-password-needed = Type the word that starts the test
    .remedy = The organizer says it at the beginning.
error-wrong-test-password = This is not the word that starts the test
    .remedy = Check it and type it again; after many mistakes you have to wait some minutes.
error-one-device = This test stays on the device on which it was started
    .remedy = If the device is broken or signed out, ask the invigilator to let you go on elsewhere.
rule-password = To start, you type the word that the organizer says at the beginning.
rule-browser = It can be opened with Safe Exam Browser only.
rule-one-device = It stays on the device on which you start; if that fails, the invigilator lets you go on elsewhere.
rule-full-screen = Please fill the screen with the paper.
rule-no-copy = Text of the paper can’t be copied.
rule-hints = Leaving the page, copying, pasting and changing the device are counted, and you see the counts yourself. They are hints only: they touch no mark, stand in no report, and are deleted once results are final.
rule-addresses = It can be taken from these networks only: { $networks }.
test-password = Word that starts the test
test-password-help = The organizer says it at the beginning.
hints-on = Hints like leaving the page are noted in this test; they touch no mark.
hints-noted = Noted during the test: { $hints }. It touches no mark and is deleted once results are final ({ $days } working days after the end).
hint-left-page = page left { $times } × ({ $seconds } s in all)
hint-copied = copied { $times } ×
hint-pasted = pasted { $times } ×
hint-other-device = device changed { $times } ×
full-screen = Fill the screen
exam-one-device = This test stays on the device on which it was started. If that is broken or signed out, ask the invigilator to let you go on, then open the test here again.
exam-outside = Answers can’t be sent from this network. Connect to the network of the hall: they are kept on this device and are sent by themselves.
form-integrity = Conditions (optional)
form-integrity-help = All off unless you choose them. What you choose is said to members before they start.
form-one-device = The test stays on the device on which it was started
form-no-copy = Text of the paper can’t be copied (a hurdle, not a wall)
form-full-screen = Members are asked to fill the screen
form-hints = Note leaving the page, copying, pasting, change of device (hints only; no mark depends on them; deleted once results are final)
form-password = Word that starts the test
    .help = Say it in the hall at the beginning; it is typed once, at the start.
form-addresses = Networks allowed
    .help = E.g. 192.168.1.0/24, several with commas between; empty: any. Behind a proxy, set --trusted-proxies first.
form-browser = Config keys of Safe Exam Browser
    .help = 64 hexadecimal digits, several with commas between; empty: any browser.
live-release = Let another device go on
live-release-help = For a device that broke or signed out by mistake: the device on which the member opens the test next goes on; what was saved is kept.
live-done-released = The member can go on on another device.
live-hints = Hints (no proof of anything):
live-slip = Sign-in slip
live-slips = Sign-in slips: make, print again
live-add = Add a person
rule-saving-one-device = Every answer is saved by itself. After a lost connection or a crash you go on where you were, on the same device.

# What is suspicious in a bank
lint-contradicting-keys = Nearly the same as { $found }, but the keys contradict each other
    .remedy = Check both keys, or retire one of the two.
lint-near-duplicate = Nearly the same question as { $found }
    .remedy = Reword or retire one; to keep both, link them by excludes, so that a paper holds at most one.
lint-options-alike = An option says the same as { $found }
    .remedy = Change one of them.
lint-longest-is-key = The right option, { $found }, is by far the longest
    .remedy = Make the options about equally long, so that length gives nothing away.
lint-all-of-the-above = Option { $found } stands for the others (“all of the above”)
    .remedy = Options are shuffled, so it points nowhere; say what is meant, or make it a multiple-choice question.
lint-keys-in-one-place = The keys of single-choice questions stand in one place: { $found }
    .remedy = Spread them over the options, above all for papers printed in the bank's order.
lint-no-explanation = No explanation
    .remedy = Say why; members see it once review is open.
lint-no-cite = No citation
    .remedy = Name the clause it rests on.
lint-name-contradicting-keys = Contradicting keys
lint-name-near-duplicate = Near-duplicates
lint-name-options-alike = Options alike
lint-name-longest-is-key = The longest option is the key
lint-name-all-of-the-above = “All of the above”
lint-name-keys-in-one-place = Keys in one place
lint-name-no-explanation = No explanation
lint-name-no-cite = No citation
bank-lints = Check-up
bank-lints-none = Nothing suspicious was found.
bank-lints-help = These are warnings: they hinder neither a load nor a draw.
bank-lints-in-file = { $count ->
    [one] { $count } suspicious place
   *[other] { $count } suspicious places
  }
cli-bank-lints = Suspicious places: { $count }. See them by: kaohe bank check { $file }
cli-bank-suspicious = Files that hold something suspicious: { $value }.

# Question files of other forms
problem-unreadable-form = This file can't be read: { $found }
    .remedy = Export it anew from where it comes from, or save it as XLSX and try again.
problem-columns-unclear = It isn't clear which column is what. The columns: { $found }
    .remedy = Name the columns ({ $expected }), for example stem=B,answer=G; and header=ROW where the headings aren't in the first row.
problem-unreadable-cell = What stands in this cell isn't understood
    .remedy = { $expected ->
        [boolean] Write true or false.
        [number] Write a number and nothing else.
       *[other] Write it as questions of this kind are written.
    }
mistake-in-a-cell = { $what }. { $remedy }
problem-kinds-unclear = The column of kinds holds codes, and it isn't clear what they stand for: { $found }
    .remedy = Say which code is which kind, for example { $expected } (on the page under “codes of kinds”, --kinds on the command line, kinds= in the API).
problem-options-in-stem = There is no column of options; they seem to stand in the question: { $found }
    .remedy = If so, name the question's column as that of the options: { $expected }.
remark-as-last-time = Columns and kinds as last time: { $found } (say otherwise to change it)
remark-sheet-skipped = Sheet “{ $found }” holds no questions and was left out
remark-column-ignored = Column “{ $found }” isn't used
remark-row-ignored = This row is no question and was left out: { $found }
remark-kind-inferred = No kind is given; by its answer and options taken for: { $found }
remark-answer-taken-out = The answer in the stem's brackets was made the answer: { $found }
remark-bracket-kept = What stands in brackets was left in the stem: { $found }
remark-options-as-gaps = Texts in the option columns were taken for the answers of the gaps: { $found }
remark-number-as-verdict = A number was taken for right or wrong: { $found }
remark-number-as-option = A number was taken for the number of an option: { $found }
remark-key-unclear = The answer is not clear; please check: { $found }
remark-date-cell = Excel made a date of this; please check: { $found }
remark-item-skipped = Not taken over: { $found }
remark-not-in-form = This form can't hold: { $found }
remark-paragraph-skipped = A paragraph that was not understood: { $found }
origin-file = file { $file }
origin-sheet = sheet “{ $sheet }”
origin-line = line { $line }
origin-column = column { $column }
cli-remark = { $place }{ $what }
cli-origin-problem = { $place }: { $what }. { $remedy }
expected-bank-name = A bank's name has 1 to 64 letters, digits, “.”, “_” and “-”; where the file's own name isn't one, give one.
expected-occasion = One of practice, monthly, quarterly, annual, make_up, inspection.
expected-form = One of json, xlsx, csv, docx, text, gift, aiken, moodle-xml, qti12, qti21, qti3.
expected-kinds = Write it like 1=single,2=multiple,3=true_false.
expected-written-form = One of json, xlsx, csv, gift, aiken, moodle-xml, qti21, qti3; a template is xlsx or csv.
expected-sheet-form = XLSX or CSV only.
expected-picture = A PNG, JPEG, GIF or WebP picture of up to 2 MB and 6000 pixels a side.
expected-language = zh or en.
expected-columns = Write it like stem=C,answer=F,header=2.
problem-no-questions = There is no question in the file that could be taken over{ $found }
    .remedy = Make sure that it is the right file.
left-out = Questions left out because of mistakes
remarks = Notes on the reading ({ $count })
foreign-file = Not a bank file of Kaohe
foreign-file-help = Excel (XLSX), CSV, Word (DOCX), text (TXT), GIFT, Aiken, Moodle XML and QTI files are taken as well: “check only” first, look at the questions as they were read, then load.
sheet-kinds = Codes of kinds, where that column holds numbers or letters (1=single,2=multiple)
mark-mistakes = Download with mistakes marked
mark-mistakes-help = If an Excel or CSV file has mistakes, choose it once more and press “download with mistakes marked”; mend it and load it again.
bank-template = No file yet? Fill in a template:
bank-forms-help = The bank is downloaded with its answers. All forms but JSON, Excel and CSV hold one language only: that of this page.
bank-form = File
bank-form-for = For
bank-form-choose = Look and download
bank-form-whole = This form holds the whole bank.
bank-form-lost = This form can't hold the following ({ $count }); the file will be without it:
lost-question = the whole question ({ $kind })
bank-form-download = Download
form-json = Bank file of Kaohe (JSON)
form-json-for = Keeping and exchanging, complete
form-zip = Bank file of Kaohe with its pictures (ZIP)
form-zip-for = Keeping and exchanging, with pictures
form-xlsx = Excel (XLSX)
form-xlsx-for = Editing in Excel or WPS and loading again
form-csv = CSV
form-csv-for = Other programs; can be edited and loaded again
form-gift = GIFT
form-gift-for = Moodle and other platforms, as text
form-aiken = Aiken
form-aiken-for = The simplest text: single choice only
form-moodle-xml = Moodle XML
form-moodle-xml-for = Import into Moodle
form-qti21 = QTI 2.1
form-qti21-for = Most learning platforms
form-qti3 = QTI 3.0
form-qti3-for = Newer learning platforms
cli-marked = Written with mistakes marked: { $file }
cli-marked-nothing = There are no mistakes; { $file } was not written.
cli-marked-one = --marked takes one file only.
sheet-template-help =
    How to fill it in|Each row of the first sheet is a question; change or delete the examples. Then load this file on the page of banks. Columns you don't use may be deleted; keep the heading of the first one.
    bank|The row whose kind is “bank” gives the bank's title (under stem) and what it rests on (under cite).
    topic|What the question is about, in words. You may add rows whose kind is “topic”: its id under topic, its title under stem.
    id (Kaohe)|May be left empty; with it, a changed question is known for the same one. Letters, digits and . _ - only.
    kind|Choose from the list.
    difficulty|From 1 (easy) to 5 (hard); 3 where it is empty.
    option A, option B …|The options of single, multiple and order; the left side of match.
    target 1, target 2 …|The right side of match; there may be more than on the left.
    answer: single, multiple|The letters of the right options, such as B or ABC.
    answer: true_false|true or false.
    answer: blank|A line for each gap (Alt+Enter inside a cell), spellings that count as the same with a bar between them, such as quarter|three months. Mark the gaps in the stem by ( ) or { "{{" }1{ "}}" }, { "{{" }2{ "}}" }.
    answer: order|The letters in their right order, such as BCA.
    case|The material stands under stem; each part follows in a row of its own, with “yes” under “part of case”, its own kind, stem, options and answer.
    share|Percent of the points of the case that a part earns, 100 in all; without any, all parts count the same.
    answer: match|Such as A=2, B=1.
    answer: numeric|A number; under tolerance how far off one may be, under units those that may stand behind it, with a bar between them.
    answer: short, essay|A model answer; under marking points a line for each with its share in front, such as 40% a fixed day each month; 100% in all.
    number gaps|The gaps of a blank that are compared as numbers, such as 2. The units of a gap are written 2=years|y.
    any order|“yes” where the gaps of a blank may be swapped.
    excludes|Ids of questions that may not stand on the same paper, with commas between them.
    retired|“yes” takes a question out of every future draw.
    (zh), (en)|For two languages call the columns stem (zh) and stem (en), and so for options, answer, explanation and cite.
bank-name = Name of the bank
bank-title = Title of the bank
sheet-columns = Which column is what, where it isn't clear (stem=C,answer=F)
skip-faulty = Leave out questions with mistakes
preview-first = The first { $count } questions as they were read
bank-field-answer = answer
bank-field-options = options
bank-field-targets = pairs
bank-field-stem = question
bank-field-kind = kind
bank-field-id = id
bank-field-topics = titles of topics
bank-field-title = title of the bank
bank-field-source = source of the bank
bank-field-difficulty = difficulty
bank-field-any_order = gaps in any order
bank-field-explanation = explanation
bank-field-cite = citation
bank-field-excludes = excluded questions
bank-field-retired = retired
bank-field-answer-points = marking points
bank-field-answer-units = units
bank-field-answer-number = gaps compared as numbers
bank-field-zh = Chinese texts
bank-field-en = English texts
bank-field-topic = topic
bank-field-pictures = the pictures themselves (ZIP has them with the bank)
remark-text-skipped = Text without a question was left out: { $found }
remark-brace-open = A brace isn't closed; left out: { $found }
remark-several-answers = Several answer blocks in one question; left out: { $found }
remark-several-right = Several right options; taken for multiple choice: { $found }
remark-partial-credit = Partial credit was dropped: { $found }
remark-feedback-left-out = A comment on a single answer was dropped: { $found }
remark-answer-left-out = A further right number was dropped: { $found }
remark-wildcard = “*” is kept as it is and stands for nothing else: { $found }
remark-media-left-out = A picture or sound was dropped: { $found }
remark-key-unplaced = An answer at the end belongs to no question: { $found }
remark-picture-skipped = A picture was dropped: { $found }
remark-picture-unfit = A picture was dropped, because it isn't PNG, JPEG, GIF or WebP, or has more than 2 MB or 6000 pixels a side: { $found }
remark-formula-flattened = A formula wasn't kept whole; please check: { $found }
remark-items-skipped = Questions of these kinds were not taken over: { $found }
remark-choices-as-gaps = Words to choose from became gaps to fill in: { $found }
remark-tolerance-left-out = How far off a number may be was dropped: { $found }
remark-unit-left-out = A unit that needs converting was dropped: { $found }
remark-file-unreadable = This file of the package couldn't be read: { $found }
remark-reference-outside = A reference out of the package was not followed: { $found }
remark-repeated-left-out = Questions that the package holds twice were taken once: { $found }

# Item analysis
items = Item analysis
question = Question
items-open = Item analysis
items-none = No sitting counts yet: figures come with the first one that is handed in and marked.
items-provisional = The test isn't settled; these figures still change.
items-attempts = Sittings
items-alike = Every paper asks the same questions.
items-apart = Members have other questions of the same blueprint.
reliability = Reliability
standard-error = Uncertainty of a score (points)
decision-consistency = Same decision with another paper
items-reliability = A score is uncertain by about ±{ $error } points of { $full } (standard error): a difference below { $difference } points between two members may be chance.
items-consistency = With another paper of the same blueprint about { $share } of 100 would get the same decision, pass or not.
items-few = Fewer than { $least } sittings: nothing is said of reliability and discrimination.
items-flagged = To be looked at
items-nothing-flagged = Nothing stands out.
items-questions = Questions { $from }–{ $to } of { $all }
items-no-keys = Options and answers are shown once review of the test is open.
items-no-words = The question's words are shown once nobody can sit the test any more.
items-definitions = What counts is what counts in the report: of each member who sat, the sitting whose score counts, fully marked. Facility: points won in percent of those possible. Discrimination: correlation of the question's points with those of the rest of the paper, from −1 to 1; above 0.3 is good, below 0.2 weak. Strongest and weakest third: by what a member won beyond what others win of the same questions, this one left out. Reliability: { $alike ->
        [yes] Cronbach's alpha
       *[no] the index of dependability Φ, for papers that differ
    }, from 0 to 1.
items-see-question = See the question in the bank
items-of-test = In this test
facility = Facility
discrimination = Discrimination
upper-lower = Strongest 27 % less weakest 27 %
omitted = Left out
strongest-third = Strongest third
middle-third = Middle third
weakest-third = Weakest third
everybody = All
option = Option
is-key = correct
choices-by-thirds = What members chose
thirds-label = { $option }: weakest third { $bottom } %, middle { $middle } %, strongest { $top } %
question-history = In tests
question-history-none = No test that you read the report of has asked it.
question-history-explained = Over the units whose reports you read. A question that changed since is told by its version.
question-changed-since = worded otherwise then
question-gone = The newest version of the bank doesn't have this question any more.
flags = Flags
flag-key-suspect = answer in doubt
flag-key-suspect-what = The strongest members chose { $options }, not the answer that is marked correct.
flag-key-suspect-do = Check the answer first. If it is wrong, correct the bank and re-mark the test.
flag-negative-discrimination = the weak do better
flag-negative-discrimination-what = Members who are weak in the rest of the paper do better here than strong ones.
flag-negative-discrimination-do = Check the answer and read the wording with a fresh eye: something in it misleads those who know.
flag-too-hard = too hard
flag-too-hard-what = Few know it, or no more than guessing would bring.
flag-too-hard-do = Was it taught? If so, read the wording; otherwise study the topic or retire the question.
flag-too-easy = too easy
flag-too-easy-what = Nearly everybody knows it; it tells nobody apart.
flag-too-easy-do = Keep it where everybody must know it; otherwise choose a harder one.
flag-strong-distractor = attracts the strong
flag-strong-distractor-what = The wrong option { $options } draws strong members more than weak ones.
flag-strong-distractor-do = Can it be argued for? Then reword it, or accept it too.
flag-weak-discrimination = tells little
flag-weak-discrimination-what = It hardly tells members who know the subject from those who don't.
flag-weak-discrimination-do = Look for ambiguity or for a clue that gives the answer away.
flag-dead-distractor = option nobody takes
flag-dead-distractor-what = Fewer than 5 in 100 choose { $options }.
flag-dead-distractor-do = Replace it by a mistake that people really make.
flag-often-omitted = often left out
flag-often-omitted-what = More than 20 in 100 leave it without an answer.
flag-often-omitted-do = Was there time enough? Is it clear what is asked?
expected-items-mode = The only other mode is moodle.
cli-items-test = { $attempts } sittings; mean { $mean } %, deviation { $deviation } %; reliability { $reliability }, standard error { $error } points; same decision { $consistency } %
cli-items-heading = sittings	facility %	discrimination	left out	question	flags
cli-items-moodle-heading = position	sittings	facility %	deviation %	intended weight %	effective weight %	discrimination index %	discriminative efficiency %

overview = Overview
overview-none = No tests of this choice have opened yet.
overview-figure = Figure
report-many = Names are listed for units of up to { $most } members: choose a unit above. All of them stand in the files below.
study = Study sheet
study-lead = Questions of which less than { $below } % was won in at least { $least } sittings, up to { $most }, by topic, the weakest first: to read through together, and to print.
study-hidden = { $count } more questions are weak; their answers show once review of the test is open.
study-none = No question is weak here, or too few have sat.
study-asked = asked { $count } times
overview-year = Year
overview-quarter = Quarter
overview-whole-year = Whole year
overview-archive = Archive of the period (ZIP)
overview-circular = Circular of the period (Word)
quarter-1 = First quarter
quarter-2 = Second quarter
quarter-3 = Third quarter
quarter-4 = Fourth quarter
expected-quarter = A number from 1 to 4, with a year.
expected-period-with-tests = A year or quarter in which a test closed whose report you may read.
expected-period = The year that it is about, and if wished a quarter of it.
overview-latest = The latest tests
overview-all-occasions = All but practice
overview-branches = Party units
overview-right-below = Right below
overview-all-of-kind = Every { $kind } below
overview-matrix = Units by test
overview-trend = Trend
overview-trend-label = { $branch }: the figures of this row from left to right
overview-shades = Shaded by value: below 60, 60, 70, 80, 90 and above. “–”: nobody was due. *: not over yet. Press a figure for its report, a unit to go down.
overview-cell = { $sat } of { $due } sat
overview-changes = Biggest changes
overview-rises = Rises
overview-falls = Falls
overview-weakest = Weakest units
overview-definitions = A change is told between the last two tests in which at least { $least } members of the unit counted. Points won by topic are sums over all tests shown. Figures of a closed test follow the tree of its closing; the units listed are those of today.
occasion-short-practice = practice
occasion-short-monthly = month
occasion-short-quarterly = quarter
occasion-short-annual = year
occasion-short-make_up = make-up
occasion-short-inspection = spot check
show = Show
# Exports and papers
export = Export
export-docx = Word file
export-report-xlsx = Score report (Excel)
export-report-csv = Score report (CSV)
export-register-xlsx = Score register (Excel)
export-register-docx = Score register (Word, to sign)
export-circular = Circular (Word, to publish)
export-announcement = Notice of the test (Word)
export-archive = Archive (ZIP)
page-foot-sheet = Page &P of &N
page-foot-before = Page{" "}
page-foot-between = {" "}of{" "}
page-foot-after = {""}
sheet-overview = Overview
sheet-figure = Figure
sheet-value = Value
sheet-counted-from = People
sheet-level = Level { $level }
sheet-above = Party unit above
sheet-bands-by-branch = Bands by Party unit
sheet-topics = Topics
sheet-points-won = Points won
sheet-points-possible = Points possible
sheet-lists = Lists
sheet-list = List
sheet-edition = Version
pass-rate-due = Pass rate (of due)
excellence-rate-due = Excellence rate (of due)
report-rank = Place
pass-rate-likely = Likely range of pass rate
adjusted-mean-short = Adjusted mean (likely range)
register-title = Score register: { $title }
register-number = No.
register-first = First test
register-make-up = Make-up
register-grade = Grade
register-signature = Signature
register-remark = Remarks
register-namesake = { $name } ({ $end })
register-waits = Not marked yet
register-final = Final results
register-provisional = Provisional, not settled yet
register-full = { $full } points in all
register-below = Needs study
register-due = Due { $due } = sat { $sat } + absent { $absent } + on leave { $excused } + disqualified { $disqualified }; besides, not required { $exempt }
register-done = Participation { $participation }; mean { $mean } of 100; passed { $passed } ({ $pass_rate }); excellent { $excellent } ({ $excellence_rate })
register-grades = Grade: { $excellent }% of full marks and more is excellent, { $pass }% and more a pass, below that needs study. Behind names that several people have stand the last digits of their number or login.
register-not-a-grade = The result speaks of the study assessment only and is no grade in the appraisal of Party members.
register-secretary = Branch secretary (signature):
register-summary = Summary
register-identity = Due = sat + absent + on leave + disqualified, without those not required; pass and excellence rates are of those with a result, means in percent of full marks.
official-issuer = (Issuing office)
official-number = (Document number)
notice-address-unknown = (Address of the test)
notice-contact-unknown = (Name)
template = Template for circulars
template-explained = Send a Word file of your own as the template: its red heading, fonts, heads and feet stay, and the circular is filled into its places. Circulars of tests and of quarters and years use it; Party units below without a template of their own use that of the nearest one above.
template-used = The template in use
template-none = No template: circulars are written in the usual form after GB/T 9704—2012.
template-of = Template of
template-own = this Party unit
template-since = Sent
template-bytes = { $count }
template-download = Download this template
template-remove = Remove, back to the usual form
template-send = Send a template
template-replace = Send another one
template-keep = Check and use
template-kept = The template is in use. Make a circular and look at it.
template-removed = The template was removed.
template-sample = Download a sample to begin with
template-file-help = A Word file (.docx), at most 8 MB.
template-places = Places
template-places-explained = Write names in double braces, in Chinese or English. The text must have a place, the others may be left out. Text and enclosures each need a paragraph of their own in the document itself, not in a table or a box; title, issuer and date may stand anywhere, in heads and feet too.
template-place = As it is written
template-place-what = What is put there
template-place-title = {"{{"}title{"}}"}
template-place-text = {"{{"}text{"}}"}
template-place-issuer = {"{{"}issuer{"}}"}
template-place-date = {"{{"}date{"}}"}
template-place-enclosures = {"{{"}enclosures{"}}"}
template-what-title = The title of the circular, in the letters of its place
template-what-text = Its paragraphs, set as the place is; headings in 黑体
template-what-issuer = The name of the Party unit
template-what-date = The day on which it is made
template-what-enclosures = Titles and tables of what is enclosed, each on a new page; without a place they stand at the end
template-limits = The file may hold no macros, no embedded objects, no pictures linked from elsewhere and no fields that fetch something. The path of a template that Word itself notes is taken out.
template-issuer = { $unit }
template-flaw-unreadable = The file can't be read ({ $what }). Open it in Word, save it as a Word document (.docx), and send that.
template-flaw-other-kind = This isn't an ordinary Word document ({ $what }). Save it in Word as "Word document (.docx)", neither with macros, nor as a template, nor as Strict Open XML.
template-flaw-acts = The file holds what it may not: { $what }. Take out macros, embedded objects, linked pictures and fields that fetch something; insert pictures instead of linking them.
template-flaw-unknown = "{ $what }" has no meaning. Write it as in the table of places, or take the braces away.
template-flaw-misplaced = "{ $what }" needs a paragraph of its own, without other words or drawings, and not in a table, a box, a head or a foot.
template-flaw-twice = "{ $what }" may stand there once only; take the others away.
template-flaw-no-text = There is no place for the text. Write it as a paragraph of its own where the text belongs: {"{{"}text{"}}"}
error-invalid-template = This file can't be the template; nothing was changed
    .remedy = { $said }
expected-template-file = Choose a Word file (.docx).
thing-template = template for circulars
signed-pages = Scanned signed pages
signed-pages-explained = What was printed and signed by hand, such as score registers or the result of a year: scan or photograph it and send it here, and it is kept in the archive. Whoever may read the whole result can download it.
signed-pages-none = Nothing has been sent yet.
signed-pages-early = Pages can be sent once the results of the test are settled, and not to one that was cancelled.
signed-pages-unsigned = Pages can be sent once the results of the year are signed off.
signed-page-title = Title
signed-page-title-help = Left empty, it is the name of the file; at most 100 characters.
signed-page-sent-when = Sent
signed-page-send = Send one
signed-page-send-do = Send
signed-page-file-help = PDF, JPEG or PNG of at most 8 MB; at most { $count } files, and 64 MB together. A PDF may hold many pages.
signed-page-sent = It is kept, and stands in the change record.
signed-page-remove = Remove
signed-page-removed = It was removed; the reason and its digest stay in the change record.
expected-signed-page-file = Choose a whole PDF, JPEG or PNG file; what counts is what is in it, not how it is called.
expected-signed-page-title = A title of 1 to 100 characters.
expected-signed-page-new = This file was sent already.
expected-signed-pages-room = There may be 40 files, and 64 MB together. Put several pages into one PDF, or scan them less finely.
thing-signed-page = scanned page
cli-one-title = --title is for one file; of several, each is called by the name of its file.
cli-template = The template of { $branch } is used, SHA-256 { $digest }
circular-title = Circular on “{ $title }”
circular-period-year = { $year }
circular-period-quarter = the { $quarter ->
    [1] first
    [2] second
    [3] third
   *[other] fourth
} quarter of { $year }
circular-period-tests = the tests
circular-period-occasion = the tests ({ $occasion })
circular-period-title = Circular on { $tests } in { $period }
circular-period-start = In { $period } { $count ->
    [1] 1 test was
   *[other] { $count } tests were
} held{ $named }. The results are as follows.
circular-period-named = : { $tests }
circular-period-test = { $title } ({ $day })
circular-period-figures = Of all tests together { $due } were due and { $sat } sat, { $participation }; the mean was { $mean } of 100; { $passed } passed, { $pass_rate }, of whom { $excellent } with distinction, { $excellence_rate }. Whoever was due in several tests counts in each.
circular-rose = The mean rose from { $first } in the first of these tests to { $last } in the last; their papers differed.
circular-fell = The mean fell from { $first } in the first of these tests to { $last } in the last; their papers differed.
circular-tests = Tests of the period
circular-enclosed-number = Enclosure { $number }: { $title }
circular-enclosure-number = Enclosure { $number }
circular-period-note = People are counted once in each test. Means are in percent of full marks, weighted by the people marked; rates are of these. Party units of which fewer than { $least } people were marked or due in any of the tests are counted together, and so is what would follow from the total.
circular-to = (Addressees):
circular-start = { $same ->
    [yes] On { $from }
   *[no] From { $from } to { $to }
 } “{ $title }” was held. Its results are as follows.
circular-basics = Overview
circular-features = What went well
circular-problems = What fell short
circular-next = What is asked for next
circular-item = ({ $number }) { $text }
circular-to-fill = (Please fill in.)
circular-paper = The test had { $questions } questions and { $full } points in { $minutes } minutes, drawn at random; { $pass } points or more pass, { $excellent } or more are excellent.{" "}
circular-few = Fewer than { $least } people have a result; results are not published.
circular-figures = { $due } members were due and { $sat } sat the test, a participation of { $participation }. The mean was { $mean } of 100; { $passed } passed ({ $pass_rate }), { $excellent } were excellent ({ $excellence_rate }).
circular-took-part = Participation was high: { $rate }.{" "}
circular-full = Everybody took part in { $names }.
circular-full-count = In { $count } Party units everybody took part.
circular-passed = Results were good on the whole: { $rate } passed, with a mean of { $mean }.
circular-branch-mean = { $name } ({ $mean })
circular-leading = Some Party units stand out. The highest means were reached by { $names }.
circular-strong = Some topics are known well. The most points were won in { $topics }.
circular-topic = “{ $topic }” ({ $share })
circular-topic-name = “{ $topic }”
circular-missed = Participation can be better: { $rate } of those due did not take part, leave included.
circular-failed = Some did not reach the pass line: { $rate } of those who sat the test.
circular-weak = Some topics are not known well. The fewest points were won in { $topics }.
circular-hard = Some contents were studied too little: { $hard ->
    [one] one question was
   *[other] { $hard } questions were
 } answered by few.
circular-omitted = { $omitted ->
    [one] One question was
   *[other] { $omitted } questions were
 } left without an answer by many.
circular-hard-omitted = Some contents were studied too little: questions answered by few: { $hard }; left without an answer by many: { $omitted }.
circular-spread = Party units lie apart: between the highest and the lowest mean there are { $apart } points.
circular-below = { $count ->
    [one] One Party unit lies
   *[other] { $count } Party units lie
 } clearly below all, numbers taken into account.
circular-next-study = Keep up the regular study: every Party unit compares its results with what was asked and makes up for what is missing.
circular-next-study-topics = Study the weak topics: every Party unit takes up { $topics } in its meetings and lessons.
circular-next-make-up = Hold the make-up: whoever could not take part or did not reach the pass line is helped by the own Party unit and sits the make-up.
circular-next-use = Use the results: every Party unit looks at its own, keeps what worked and improves the rest.
circular-enclosed = Enclosure: { $title }
circular-enclosure = Enclosure
circular-table = Results by Party unit
circular-together = { $count } other Party units
circular-table-note = Means are in percent of full marks; pass and excellence rates are of those with a result. Party units with fewer than { $least } results or people due are merged, together with those that could be worked out from the total.
items-question = Question
items-stem = Text
items-omitted = Left out
items-flags = To look at
items-lead = { $attempts } sittings · mean { $mean } · standard deviation { $deviation } · reliability { $reliability }
correction-time = Proposed on
correction-change = Change
correction-proposer = Proposed by
correction-decider = Decided by
correction-state = State
correction-changed-count = Results changed
sample-title = Sample paper with correct answers: { $title }
sample-help = This paper was drawn in the test; it holds neither name nor answers. Others got questions drawn by the same rules. Corrections are included in the correct answers.
sample-points = { $points } points each
sample-key = Correct answer: { $key }
sample-key-withheld = The correct answer of this question is not published
sample-source = Bank { $bank }, question { $question }
archive-announcement = 01 Notice of the test
archive-report = 02 Score report
archive-register = 03 Score register
archive-presence = 04 Attendance
archive-objections = 09 Objections
archive-corrections = 05 Corrections
archive-items = 06 Item analysis
archive-circular = 07 Circular
archive-sample = 08 Sample paper
archive-signed-pages = 10 Scanned signed pages
archive-period-signed-pages = Scanned signed pages of the year
archive-contents = 00 Contents
archive-title = Records of { $title }
archive-file = File
archive-bytes = Bytes
archive-check = Every file can be checked: its SHA-256, worked out on any computer, is the one in the table; SHA256SUMS.txt also has that of this page. The circular is for publication; the others hold names and correct answers and are for use inside the unit.
archive-period-title = Records of { $tests } in { $period }
archive-period-tests = Tests
archive-period-circular = Circular of the period
archive-period-result = Annual result
archive-period-missing = Tests of the period that are missing here: { $count }
archive-period-not-over = its results are not settled yet; make the archive again once they are
archive-period-only-part = you may read only a part of it; those who read the whole of it can make its archive
archive-period-no-circular = There is no circular of the period: a test is still open, or answers wait to be marked.
archive-period-no-result = There is no annual result: the year has no rules, or you may not read it.
archive-period-unsigned = The annual result is not signed off yet.
archive-period-signed = The annual result is signed off (version { $number }), { $date }, by { $names }. Digest:
archive-period-changed = Since then results of { $count } members differ from the signed version; what is enclosed is the present state.
archive-made = Made on { $date } by { $name }.

# Changing a bank
draft = Changes to publish
draft-help = Every change waits here until you publish. Tests draw from what is published; a test that is made already keeps its version.
draft-none = Nothing waits to be published.
draft-note = Why this version is made
draft-note-help = Whoever compares versions reads it, such as: question 12, the deadline is three months since the revision of 2026.
draft-publish = Publish
draft-publish-title = { $count ->
        [one] Publish 1 change as version { $edition }
       *[other] Publish { $count } changes as version { $edition }
    }
question-new = New question
question-begin = Begin
question-languages = In two languages
question-change = Change
question-copy = Copy
question-id = Question id
question-id-next = the next number
question-look = Check and preview
question-preview = As members will see it
question-before = As published
question-after = As it will be
question-is-new = new
question-go-on = Go on changing
question-discard = Discard this change
question-newer = A newer version of this bank was loaded after this change was begun, and has this question as follows. Save again what is to hold.
question-overtaken = A newer version of the bank has another question here than the one that was changed. Open it, look, and save it again or discard it.
problems-count = { $count ->
        [one] There is 1 mistake
       *[other] There are { $count } mistakes
    }
edit-more = Clause as data, exclusions, retiring
edit-stem-blank = Mark each gap by ( ) or ____.
edit-stem-case = The whole material; its questions stand below.
edit-share = In percent of the points of the case; without any, all parts count the same.
edit-part = Part { $number }
edit-parts-help = Each part is a question with its own answer. A part whose fields are all empty is dropped when you save.
edit-part-kind = Kind of the part
edit-part-add = Add a part
edit-picture = Picture
edit-picture-help = PNG, JPEG, GIF or WebP, up to 2 MB. Once added, ![]( … ) stands at the end of the question: move it to its place, and say between the brackets what it shows, for those who don't see it.
edit-picture-add = Add the picture
edit-more-part = Clause as data
edit-answer-blank = A line for each gap; spellings that count as the same with | between them, such as quarter|three months.
edit-answer-order = The letters in their right order, such as BCA.
edit-answer-match = Which option belongs to which target, such as A=2, B=1.
edit-answer-numeric = A number, such as 3 or 0.5.
edit-answer-short = A model answer.
edit-answer-essay = A model answer.
edit-numbers = The numbers of the gaps that are compared as numbers (三 = 3), such as 2.
edit-units = Units that may stand behind the number, with | between them; of a gap: 2=years|y.
edit-tolerance = How far off an answer may be.
edit-points = A line for each marking point with its share in front, such as 40% a fixed day each month; 100% in all.
edit-excludes = Ids of questions that may not stand on the same paper, with commas between them.
edit-retired = A retired question is drawn no more; sittings that had it stay as they are.
error-nothing-to-publish = Nothing waits to be published
    .remedy = Change a question first.
expected-name = 1 to 64 letters (a–z), digits, dots, hyphens or underscores.
expected-question = An object with the fields of a question, as in a bank file.
expected-same-id = The id must be the one of the address.
cli-published = { $bank } is published as version { $edition }.
cli-change-waits = { $question }: changed by { $by }, { $at }
cli-new-waits = { $question }: new, by { $by }, { $at }
error-unfinished = Something that waits still has mistakes
    .remedy = Open what is marked as unfinished, mend it, and publish again.
question-unfinished-save = Save as unfinished
question-unfinished = Unfinished: it still has mistakes. It can be mended at any time; until then nothing of this bank can be published.
outline = Titles, topics and order
outline-help = What is saved here waits with the other changes until it is published.
outline-titles = Titles
outline-published = As published
outline-topic-id = Id
outline-topic-next = the next number
outline-topic-add = Add a topic
outline-up = Move up
outline-down = Move down
outline-remove = Remove
outline-order = Order of the questions
outline-order-help = Write the new place and press “Move”. Papers are drawn at random, so the order only matters to those who read the bank.
outline-place = Place
outline-move = Move
outline-moves = { $count ->
    [1] 1 question moved.
   *[other] { $count } questions moved.
}
outline-saved = Saved. It waits to be published.
outline-moved = Moved. It waits to be published.
bank-source = Rests on
bank-rearranged = The questions stand in another order.
in-zh = Chinese
in-en = English
kept-files = Files that you have begun
kept-look = Look at every question, then load
kept-look-help = The file is kept for you; it need not be sent again.
kept-mend = Mend it here
kept-mend-help = Question by question, on this page; the file need not be sent again. Nothing is loaded before all of it is right.
kept-number = Question { $number } of the file
kept-left-out = left out
kept-leave-out = Leave out
kept-restore = As it was sent
kept-mended = mended
kept-sound = Nothing is wrong any more; it can be loaded.
kept-faulty = { $count ->
    [1] 1 question has mistakes. Mend it, or leave it out; then the file can be loaded.
   *[other] { $count } questions have mistakes. Mend them, or leave them out; then the file can be loaded.
}
kept-elsewhere = This is wrong with the file itself. Mend it there and send it again:
kept-to-mend = To be mended
kept-all = All questions
kept-forget = Discard this file
cli-unfinished-waits = { $question }: unfinished, by { $by }, { $at }
cli-outline-waits = Titles, topics or order: changed by { $by }, { $at }
expected-moves = At most 1000 moves; publish those that wait first.
expected-question-ids = Ids of questions of this bank.
expected-outline = An object with "title", "topics" (each with "id" and "title"), and if wished "source" and "moves" (each with "question" and "after").
expected-place = A number from 1 to that of the last question.
## Make-up tests and inspections: the form

form-only-named = Only { $count ->
        [one] the one person named takes it
       *[other] the { $count } people named take it
    }, of those in the Party units ticked.
form-sample = Draw members by lot (inspection)
    .help = For the occasion “inspection” only. Members are drawn by lot when the test is made; anyone can check the draw afterwards.
form-sample-size = Who takes it
form-sample-number = How many
    .help = Percent of each group, or members of each branch.
sample-none = Everybody
sample-share = A share of each group, percent
sample-per-branch = A number from each branch
sample-by-branch = Draw in each branch separately
sample-by-category = Draw in each category of members separately
cli-members-differ = { $value }: the members drawn, or the questions of the first test, are not those the commitment covers

## Make-up tests

make-up-make = Make a make-up
make-up-of = For “{ $title }”: the same rules and banks, once more, for those who need it.
make-up-who = Who takes it
make-up-absent = Absent ({ $count })
make-up-failed = Below the pass line ({ $count })
make-up-excused = On leave ({ $count })
make-up-already = { $count ->
        [one] One more person has
       *[other] { $count } more people have
    } a make-up already; a make-up is sat once.
make-up-elsewhere = { $count ->
        [one] One more person has
       *[other] { $count } more people have
    } moved away and can't be reached from here.
make-up-opens = Opens
make-up-closes = Closes
make-up-cap = Most it counts (percent of full marks)
    .help = From the pass line up, below the line of excellence. A make-up never counts as excellent.
make-up-name = Short name
    .help = Letters, digits and . _ - only.
make-up-holds-review = Keep correct answers of the first test closed to members until the make-up is over
make-up-same = Sections, points and minutes stay as they were; one attempt each. Questions that the first test did not draw come first.
make-up-repeats = Of { $candidates } questions to draw from, { $drawn } stood on papers of the first test; of the { $questions } questions of a paper at least { $least } repeat.
make-up-do = Make the make-up
make-up-people = { $count ->
        [one] One person
       *[other] { $count } people
    } who need it
make-up-for = Makes up for
make-up-capped = counts at most { $cap }%
make-up-not-yet = not settled yet
make-ups = Before and after make-ups
make-ups-counted = { $sat } sat a make-up, { $passed } of them passed. Only settled make-ups count; each person is counted once, where they stood in the first test. A make-up never counts as excellent, and mean and excellence stay those of the first test.
category-all = All
narrowed-to = members of the category “{ $category }” only
overview-narrowed = Narrowed to members whose category is “{ $category }” today: due, sat, means and rates are of them alone. Topics are left out.
report-narrowed = Narrowed to members whose category is “{ $category }” today: due = sat + absent + on leave + disqualified, and every figure and place is of them alone. Estimates and make-ups are told of everybody only.
passed-after = Passed after make-ups
pass-rate-after-due = After make-ups, of those due
estimate-mean = Mean of everybody (estimate)
estimate-mean-low = Mean, likely from
estimate-mean-high = Mean, likely to
estimate-pass-rate = Pass rate of everybody (estimate)
estimate-pass-rate-low = Pass rate, likely from
estimate-pass-rate-high = Pass rate, likely to
estimate-likely = likely range { $range } (95 %)
circular-after = { " " }After make-ups the pass rate is { $rate }.
circular-estimate = { " " }The test was an inspection of { $drawn } members drawn by lot. For all { $known } members a mean of { $mean } (likely { $mean_range }) and a pass rate of { $rate } (likely { $rate_range } %) are estimated from it.
pass-rate-first = First test
pass-rate-after = After make-ups
need-absent = absent
need-failed = below the line
need-excused = on leave
expected-make-up-nobody = Choose somebody who needs a make-up.
expected-make-up-first = A make-up can only be made of a test that counts and is no make-up itself.
expected-make-up-cap = Give a number of percent, e.g. 60.
assessment-make-up-counts = Make-up { $score }, at most { $cap }%: counts { $value }.
assessment-make-up-first = Make-up { $score }, at most { $cap }%: the first test counts for more.
assessment-make-up-waits = A make-up waits to be marked.
register-made-up = Pass (make-up)
register-make-up-note = Make-up marks are those that count: at most the cap, in points of the first test. A make-up never counts as excellent.

## Inspections

sample-drawn = Members drawn
sample-count = { $count ->
        [one] One member was
       *[other] { $count } members were
    } drawn by lot when the test was made.
sample-groups = Groups they were drawn from
sample-of = Members
sample-taken = Drawn
sample-check = Check the draw
sample-check-how = When the test is over, its proof (on the page “Check the draw” of the test) holds the secret, the list of everybody who might have been drawn, and those who were. Anyone can draw again from it, by hand or with another program: docs/draw.md says how, tests/draw/redraw.py does it. The code below was fixed when the test was made and covers all of it.
sample-check-limits = It proves that nothing was changed afterwards, not that nobody made the test twice: each making stands in the change record.
estimates = Estimates for everybody
estimates-of = Of { $members } members { $drawn } were drawn, and { $sat } of these sat.
estimates-unknown = Of { $unknown } members the estimates say nothing: nobody of their group sat.
estimate = Estimate
estimate-range = Likely range (95 %)
estimates-how = Each group counts by its number of members. The ranges take into account how many of each group were drawn; they say nothing of whether those who stayed away would have done differently.
expected-no-sample = Nobody was drawn for this test: everybody in its audience takes it.
expected-kind = Choose one of the kinds of question.

# Looking through all banks
search-title = Find questions
search-further = More conditions
search-anew = Clear
search-no-banks = There is no bank yet whose correct answers you may see.
search-in-bank = See it in its bank
search-drawable = Retired or not
search-not-retired = not retired
search-used = How it was used
search-used-help = Use is counted over each bank's newest 24 tests that have ended and whose report you may read; figures and hints are those of the newest of them that asked the question as it stands now.
difficulty-from = Difficulty from
difficulty-to = Difficulty to
facility-from = Points won, from (%)
facility-to = Points won, to (%)
regulation = Regulation
article = Article
used-never = never used
used-yes = used
used-flagged = with something to look at
used-weak = hardly tells strong from weak
used-in = { $tests ->
    [one] used in { $tests } test
   *[other] used in { $tests } tests
    }
duplicates = Alike across banks
duplicates-help = Questions of different banks that ask nearly the same; those whose correct answers contradict each other come first. Questions alike within one bank stand in its check-up.
duplicates-none = No questions of different banks are alike.
duplicates-count = Pairs: { $count }, of which { $contradicting } contradict each other.
cli-search-count = Questions: { $count }.
expected-regulation = With an article the regulation has to be named too.
expected-article = The article is a whole number above 0.
expected-difficulties = Difficulty goes from 1 to 5, the lower end first.
expected-facilities = The share of points won goes from 0 to 100, the lower end first.
expected-true-or-false = Only true or false.
expected-lint = One of: contradicting-keys, near-duplicate, options-alike, longest-is-key, all-of-the-above, no-explanation, no-cite.
expected-used = One of: never, yes, flagged, weak.

# Clauses of regulations
clauses = Clauses
clauses-help = Regulations and articles that questions cite as data; citations in words alone are not counted. When a regulation is amended, note it on the page of the article: then you see which questions have to be checked.
clauses-none = No question cites a regulation and article as data yet.
clauses-gaps = Articles without a question that can be drawn
articles = Articles cited
clause-article = Article { $article }
clause-whole = (all of it)
clause-no-article = no article named
clause-retired = { $count } more retired
clause-all = See all questions
amend = Note an amendment
amend-help = Afterwards the questions that rest on it are listed, to be checked one by one, or retired.
amend-do = Note it and list the questions
amended = Amended clauses
amended-on = Amended on
amended-note = What was amended
amended-open = To be checked: { $count }
amended-done = all checked
amended-none-open = All questions that rest on it are checked or retired.
amended-open-help = Compare each question with the amended text, tick it, and choose below. A question that is changed later is listed again.
amended-choose = Choose
amended-checked = The chosen questions agree with the amended text
amended-retire = Retire the chosen questions
amended-retire-reason = Why they are retired
amended-retire-help = Each of their banks gets a new version with this reason. Other changes that wait to be published go on waiting.
amended-withdraw = Take the note back
amended-withdraw-help = What was checked for it is deleted too; questions stay as they are.
cli-clause-checked = Noted as agreeing with the amended text: { $count }.
expected-regulation-name = The name of the regulation, at most 500 characters.
expected-questions-of-clause = At least one question, each as “bank/question”, of those that are still to be checked; the list may just have changed.
