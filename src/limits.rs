//! Every limit of Kaohe, named with its unit.

/// Jobs that may wait for the writer of attempts; the next one is told to come back.
pub const WRITER_QUEUE: usize = 20_000;
/// Most jobs committed together.
pub const WRITER_GROUP: usize = 1_000;

/// Connections that may wait to be taken; the system may hold fewer.
pub const WAITING_CONNECTIONS: u32 = 4_096;

/// How long to wait when no connection can be taken, because too many are open.
pub const ACCEPT_AGAIN_MS: u64 = 50;
/// A connection that was quiet for so long is held by its socket alone.
pub const QUIET_MS: u64 = 200;
/// Most bytes that are heard at once when it speaks again.
pub const FIRST_BYTES: usize = 4_096;

/// How long a connection may take over the head of a request, and stay open without one.
pub const HEAD_MS: u64 = 60_000;
/// How long a body may take beyond what its bytes are worth at the slowest line; longer is hanging, or malice.
pub const BODY_MS: u64 = 30_000;
/// The slowest line: bytes in a second.
pub const BODY_BYTES_PER_SECOND: u64 = 1_024;
/// How long requests under way may take when the server is told to stop.
pub const DRAIN_MS: u64 = 8_000;

/// How often `kaohe backup --follow` looks for what changed, at most.
pub const FOLLOW_MS: u64 = 1_000;
/// A round of it may take one part in so many of the time.
pub const FOLLOW_SHARE: u32 = 4;
/// A copy that lies further behind is said to.
pub const FOLLOW_BEHIND_MS: i64 = 5_000;
/// How often that is said, and how often it is noted that there is a copy.
pub const FOLLOW_SAID_MS: i64 = 30_000;

/// Bytes of an ordinary request.
pub const BODY_BYTES: usize = 1024 * 1024;
/// Bytes of an uploaded bank.
pub const BANK_BYTES: usize = 256 * 1024 * 1024;
/// Bytes of an uploaded roster.
pub const ROSTER_BYTES: usize = 64 * 1024 * 1024;
/// Bytes of a template for circulars; its pictures are most of it.
pub const TEMPLATE_BYTES: usize = 8 * 1024 * 1024;
/// Bytes of a scanned signed page, which may be a PDF of many.
pub const SIGNED_PAGE_BYTES: usize = 8 * 1024 * 1024;
/// Scanned signed pages of a test or a year.
pub const SIGNED_PAGES: usize = 40;
/// Bytes of them together: an archive is made in memory.
pub const SIGNED_PAGES_BYTES: usize = 64 * 1024 * 1024;
/// Bytes of one response.
pub const MARK_LIST_BYTES: usize = 4 * 1024 * 1024;
/// Largest response.
pub const RESPONSE_BYTES: usize = 64 * 1024;

/// Questions written in one transaction while a bank loads, so that no save waits longer than 20 ms.
pub const LOAD_CHUNK_QUESTIONS: usize = 200;
/// Questions read at once while a bank is searched.
pub const SEARCH_CHUNK_QUESTIONS: i64 = 1_000;
/// Bytes of editions kept ready in memory for a search; a bank of 100,000 questions takes some 60 million.
pub const SHELVED_BYTES: u64 = 192 * 1024 * 1024;
/// Editions that are kept so, about.
pub const SHELVES: usize = 16;
/// Questions that resemble one and are compared with its key.
pub const COMPARED_TWINS: usize = 20;
/// Sets of banks whose near-duplicates are kept ready in memory.
pub const CACHED_DUPLICATES: usize = 8;
/// Questions of each sort listed when two editions are compared.
pub const COMPARED_QUESTIONS: usize = 100;
/// A load of a bank that began this long ago has ended, or never will.
pub const LOAD_MOST_MS: i64 = 3_600_000;
/// Questions kept ready in memory.
pub const CACHED_QUESTIONS: usize = 20_000;
/// Pools of tests kept ready in memory.
pub const CACHED_POOLS: usize = 64;
/// Reports narrowed to a category kept ready in memory: some categories over two years of months.
pub const CACHED_NARROWED: usize = 128;
/// Pictures kept in memory, about.
pub const CACHED_PICTURES: usize = 500;
/// Most bytes of them together.
pub const CACHED_PICTURE_BYTES: u64 = 32 * 1024 * 1024;

/// Attempts read at once for an item analysis.
pub const ANALYSED_CHUNK_ATTEMPTS: usize = 500;

/// An item analysis of a branch with so many attempts is kept in the database, as that of the whole unit is.
pub const KEPT_ANALYSIS_ATTEMPTS: usize = 2_000;
/// Tests whose answers are kept ready for the analysis of further branches.
pub const CACHED_SITTINGS: usize = 2;
/// Tests of which the past of a question is told, the newest.
pub const HISTORY_TESTS: i64 = 24;
/// Item analyses kept ready in memory.
pub const CACHED_ANALYSES: usize = 256;

/// Characters of a password.
pub const PASSWORD_CHARACTERS: std::ops::RangeInclusive<usize> = 8..=200;
/// Passwords checked at the same time.
pub const CONCURRENT_HASHES: usize = 2;
/// Password checks that may wait; the next one is told to come back.
pub const WAITING_HASHES: usize = 2_000;

/// A sign-in that would wait longer is given a page that says how long.
pub const SIGN_IN_MOMENT_MS: u64 = 1_000;
/// Tickets of waiting sign-ins, also of those that nobody has come back for.
pub const TICKETS: usize = 4_000;
/// How long a ticket is kept.
pub const TICKET_MS: i64 = 10 * 60_000;

/// A session ends after this long without use.
pub const SESSION_IDLE_MS: i64 = 12 * 3_600_000;
/// A session ends this long after sign-in.
pub const SESSION_MOST_MS: i64 = 14 * 24 * 3_600_000;
/// A session's use is noted at most this often.
pub const SESSION_TOUCH_MS: i64 = 60_000;

/// Failed sign-ins of one login before it has to wait.
pub const LOGIN_FAILURES: u32 = 10;
/// Failed sign-ins from one address before it has to wait; successes from it never count.
pub const ADDRESS_FAILURES: u32 = 300;
/// How long failures count.
pub const FAILURE_WINDOW_MS: i64 = 15 * 60_000;
/// Logins and addresses remembered for that.
pub const FAILURE_ENTRIES: usize = 100_000;

/// Attempts ended in one round when their time is over.
pub const FINISH_ROUND: i64 = 500;
/// How often the server looks for attempts whose time is over.
pub const TICK_MS: u64 = 500;
/// First passwords or sign-in slips made at once, so that the writer is held for milliseconds.
pub const SLIPS: usize = 2_000;
/// Papers that may be printed at once.
pub const PAPERS_AT_ONCE: usize = 200;
/// Items on one page of a list.
pub const PAGE_ITEMS: i64 = 50;
/// The same as a length.
pub const PAGE: usize = 50;
/// A report may lie this far behind.
pub const REPORT_AGE_MS: i64 = 1_000;
/// Characters of a message to those who sit a test.
pub const MESSAGE_CHARACTERS: usize = 500;
/// How old what the live view shows may be; where reading takes long, older.
pub const WATCH_AGE_MS: i64 = 1_500;
/// How often the live view looks.
pub const WATCH_TICK_MS: u64 = 2_000;
/// How long one stream of the live view lasts before the browser asks, and is checked, again.
pub const WATCH_MOST_MS: u64 = 60_000;
/// Questions among which a changed one is looked at for what is suspicious while somebody waits.
pub const LINTED_TOGETHER: usize = 5_000;
/// Characters of a reason.
pub const REASON_CHARACTERS: usize = 500;
/// Papers drawn ahead of their start; whoever comes beyond them has the paper drawn at the start.
pub const DRAWN_AHEAD: usize = 10_000;
/// How long before a test opens its papers are drawn.
pub const DRAWN_BEFORE_MS: i64 = 15 * 60_000;
/// How long after the opening papers still wait for those who come late.
pub const DRAWN_AFTER_MS: i64 = 30 * 60_000;
/// Up to so many members of a branch are listed by name in its report.
pub const REPORT_MEMBERS: u64 = 1_000;
/// Tests across an overview: two years of months.
pub const OVERVIEW_TESTS: usize = 24;
/// How often a test is settled anew at once where something changed meanwhile; later rounds go on.
pub const SETTLE_TRIES: usize = 3;
/// Members of a settled test written together: some milliseconds.
pub const SETTLED_TOGETHER: i64 = 500;
/// How often the server brings stored figures up to date.
pub const ROLLUP_TICK_MS: u64 = 1_000;
/// How often stored figures that are to be compared are brought up to date while others write.
pub const ROLLUP_TRIES: u32 = 20;
/// Branches computed in one step: a write of some milliseconds.
pub const ROLLUP_BRANCHES: usize = 64;
/// How often the server looks for papers to draw ahead.
pub const WAITING_TICK_MS: u64 = 2_000;
/// Papers drawn at a stretch, before others get the processor.
pub const DRAWN_AT_ONCE: usize = 50;
/// Papers in use kept ready in memory.
pub const CACHED_SHEETS: usize = 10_000;
/// Signed-in people kept ready in memory.
pub const CACHED_CALLERS: usize = 20_000;
/// For how long another process's sign-out may go unnoticed.
pub const CALLER_AGE_MS: i64 = 5_000;
/// How long after the end of an attempt what didn't arrive in time is still taken, for an organizer to decide about.
pub const LATE_MOST_MS: i64 = 7 * 24 * 3_600_000;
/// Most members of a rehearsal.
pub const REHEARSAL_MEMBERS: u32 = 20_000;
/// Most questions of a rehearsal's paper.
pub const REHEARSAL_QUESTIONS: u32 = 200;
/// Sheets that one person may leave between looking and loading.
pub const KEPT_FILES: i64 = 4;
/// How long such a sheet is kept.
pub const KEPT_FILE_MS: i64 = 24 * 3_600_000;
/// How long a file of questions is kept to be mended.
pub const KEPT_QUESTIONS_MS: i64 = 30 * 24 * 3_600_000;
/// Most bytes of a file of questions that is kept to be mended; it is read anew at each look.
pub const KEPT_QUESTIONS_BYTES: usize = 8 * 1024 * 1024;
/// Most moves of questions that wait to be published together.
pub const OUTLINE_MOVES: usize = 1_000;
/// Room on the disk that is enough for a test.
pub const READY_FREE_BYTES: u64 = 2_000_000_000;
/// How old the last copy of the data may be.
pub const READY_BACKUP_MS: i64 = 24 * 3_600_000;
/// For how long it counts that a phone has reached the server.
pub const READY_PHONE_MS: i64 = 12 * 3_600_000;
/// Files and connections that must be allowed to be open at once.
pub const READY_OPEN_FILES: u64 = 4_096;
/// Tests that open within this time are among those to get ready for.
pub const READY_TESTS_MS: i64 = 7 * 24 * 3_600_000;
/// No clock that shows an earlier time can be right.
pub const EARLIEST_MS: i64 = 1_760_000_000_000;
/// How far the machine's clock may have been set while the server runs.
pub const DRIFT_MS: i64 = 2_000;
/// Sheets of slips that wait to be printed.
pub const PRINTOUTS: usize = 64;
/// How long such a sheet may be loaded again.
pub const PRINTOUT_MS: i64 = 3_600_000;
/// Hints kept of one attempt.
pub const HINTS: i64 = 500;
/// Hints told at once.
pub const HINTS_AT_ONCE: usize = 50;
/// Working days after a test was settled until its results are final.
pub const OBJECTION_WORKING_DAYS: u32 = 3;
