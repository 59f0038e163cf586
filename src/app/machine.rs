//! What the machine says of itself, and what is noted beside the data: room, open files, the last copy.

use std::io::Write;
use std::path::{Path, PathBuf};

/// Bytes that may still be written where the data is.
pub fn free_bytes(folder: &Path) -> Option<u64> {
    fs4::available_space(folder).ok()
}

/// How many files and connections this process may have open at once, where the system tells.
pub fn open_file_limit() -> Option<u64> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find(|line| line.starts_with("Max open files"))?;
    line.split_whitespace().nth(3)?.parse().ok()
}

/// Lets this process have as many files and connections open at once as the system allows it.
pub fn raise_open_file_limit() {
    if let Err(error) = rlimit::increase_nofile_limit(u64::MAX) {
        tracing::warn!(%error, "the limit of open files could not be raised");
    }
}

fn note_of(folder: &Path) -> PathBuf {
    folder.join("last-backup")
}

/// Notes beside the data when a copy of it was last written. A note only: the copy is good without it.
pub fn note_backup(folder: &Path, at_ms: i64) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    let mut file = crate::store::db::for_owner_only(&mut options).open(note_of(folder))?;
    write!(file, "{at_ms}")
}

/// When a copy of the data was last written.
pub fn last_backup_ms(folder: &Path) -> Option<i64> {
    std::fs::read_to_string(note_of(folder)).ok()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{free_bytes, last_backup_ms, note_backup};

    #[test]
    fn a_copy_is_remembered_and_the_disk_has_room() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(last_backup_ms(folder.path()), None);
        note_backup(folder.path(), 5).unwrap();
        note_backup(folder.path(), 1_234).unwrap();
        assert_eq!(last_backup_ms(folder.path()), Some(1_234));
        assert!(free_bytes(folder.path()).unwrap() > 0);
        #[cfg(target_os = "linux")]
        assert!(super::open_file_limit().unwrap() > 0);
    }
}
