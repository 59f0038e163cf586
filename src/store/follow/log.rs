//! SQLite's write-ahead log as its file format describes it (<https://sqlite.org/fileformat2.html#walformat>): a header,
//! then a frame for each written page; a frame that ends a transaction says how many pages the database then has. Sums
//! run over everything before, so that a frame written by halves, or left over from an earlier log, is never taken.
//!
//! What counts as committed stands in the index that all who have the database open share: a frame that ends a
//! transaction may stand in the log without ever having been committed, where its writer was killed on the way.

/// Bytes before the first frame.
pub(super) const HEADER_BYTES: usize = 32;
/// Bytes before the page of a frame.
pub(super) const FRAME_BYTES: usize = 24;

const MAGIC: u32 = 0x377f_0682;
const VERSION: u32 = 3_007_000;

/// The running sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Sum(u32, u32);

impl Sum {
    /// The sum after more bytes, in pairs of words.
    fn over(self, bytes: &[u8], is_big: bool) -> Self {
        let word = |bytes: [u8; 4]| if is_big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
        let (words, _) = bytes.as_chunks::<4>();
        let (pairs, _) = words.as_chunks::<2>();
        pairs.iter().fold(self, |Self(one, two), [first, second]| {
            let one = one.wrapping_add(word(*first)).wrapping_add(two);
            Self(one, two.wrapping_add(word(*second)).wrapping_add(one))
        })
    }
}

/// What the header of a log says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header {
    is_big: bool,
    salts: [u32; 2],
    sum: Sum,
}

/// Bytes of the index that say how far the log goes: the same twice, so that a half-written one is known.
pub(super) const INDEX_BYTES: usize = 96;

/// How far the log goes, as everybody sees it who has the database open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Index {
    salts: [u32; 2],
    /// Frames of committed transactions.
    pub(super) frames: u32,
    /// How many pages the database has with them.
    pub(super) pages: u32,
    sum: Sum,
}

impl Index {
    /// Reads the beginning of the index; `None` where it is being written.
    pub(super) fn read(index: &[u8; INDEX_BYTES]) -> Option<Self> {
        let (one, other) = index.split_at(INDEX_BYTES / 2);
        let native = |at: usize| Some(u32::from_ne_bytes(one.get(at..at + 4)?.try_into().ok()?));
        let salts = words(one.get(32..40)?)?;
        let is_made = native(0)? == VERSION && one.get(12) == Some(&1) && one == other;
        let (frames, pages, sum) = (native(16)?, native(20)?, Sum(native(24)?, native(28)?));
        is_made.then_some(Self { salts, frames, pages, sum })
    }

    /// Whether it speaks of a log, and of no other.
    pub(super) fn is_of(&self, header: &Header) -> bool {
        self.salts == header.salts
    }

    /// Whether it speaks of the same log as another.
    pub(super) fn is_of_same_log(&self, other: &Self) -> bool {
        self.salts == other.salts
    }

    /// The sum behind the last committed frame.
    pub(super) const fn sum(&self) -> Sum {
        self.sum
    }
}

/// A frame that belongs to its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame {
    /// The page, from 1.
    pub(super) page: u32,
    /// The sum up to here.
    pub(super) sum: Sum,
}

fn words<const COUNT: usize>(bytes: &[u8]) -> Option<[u32; COUNT]> {
    let (words, _) = bytes.as_chunks::<4>();
    let words: [[u8; 4]; COUNT] = words.get(..COUNT)?.try_into().ok()?;
    Some(words.map(u32::from_be_bytes))
}

fn bytes(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_be_bytes()).collect()
}

impl Header {
    /// Reads a header; `None` where it isn't a whole one.
    pub(super) fn read(header: &[u8; HEADER_BYTES]) -> Option<Self> {
        let [magic, version, _, _, salt, other, one, two] = words(header)?;
        let is_big = magic == MAGIC | 1;
        let sum = Sum::default().over(header.get(..24)?, is_big);
        let is_good = (magic | 1) == (MAGIC | 1) && version == VERSION && sum == Sum(one, two);
        is_good.then_some(Self { is_big, salts: [salt, other], sum })
    }

    /// A new header and its bytes.
    pub(super) fn new(page_bytes: u32, salts: [u32; 2]) -> (Self, Vec<u8>) {
        let mut header = bytes(&[MAGIC, VERSION, page_bytes, 0, salts[0], salts[1]]);
        let sum = Sum::default().over(&header, false);
        header.extend(bytes(&[sum.0, sum.1]));
        (Self { is_big: false, salts, sum }, header)
    }

    /// The sum before the first frame.
    pub(super) const fn sum(&self) -> Sum {
        self.sum
    }

    /// Reads the frame that follows those with a sum; `None` where it isn't one of this log, or not written to its end.
    pub(super) fn frame(&self, before: Sum, frame: &[u8]) -> Option<Frame> {
        let (head, page) = frame.split_first_chunk::<FRAME_BYTES>()?;
        let [number, _, salt, other, one, two] = words(head)?;
        let sum = before.over(head.get(..8)?, self.is_big).over(page, self.is_big);
        let is_ours = [salt, other] == self.salts && sum == Sum(one, two) && number > 0;
        is_ours.then_some(Frame { page: number, sum })
    }

    /// The bytes of a frame behind those with a sum, and the sum behind it.
    pub(super) fn write(&self, before: Sum, number: u32, ends_with: Option<u32>, page: &[u8]) -> (Vec<u8>, Sum) {
        let mut frame = bytes(&[number, ends_with.unwrap_or_default()]);
        let sum = before.over(&frame, self.is_big).over(page, self.is_big);
        frame.extend(bytes(&[self.salts[0], self.salts[1], sum.0, sum.1]));
        frame.extend(page);
        (frame, sum)
    }
}

#[cfg(test)]
mod tests {
    use super::{HEADER_BYTES, Header};

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let (header, bytes) = Header::new(512, [7, 9]);
        let bytes: [u8; HEADER_BYTES] = bytes.try_into().unwrap();
        assert_eq!(Header::read(&bytes), Some(header));
        let (one, sum) = header.write(header.sum(), 3, None, &[5; 512]);
        let (two, end) = header.write(sum, 1, Some(3), &[6; 512]);
        let read = header.frame(header.sum(), &one).unwrap();
        assert_eq!((read.page, read.sum), (3, sum));
        assert_eq!(header.frame(sum, &two).map(|frame| (frame.page, frame.sum)), Some((1, end)));
        // Out of order, torn, of another log.
        assert_eq!(header.frame(header.sum(), &two), None);
        let mut torn = one.clone();
        torn[500] ^= 1;
        assert_eq!(header.frame(header.sum(), &torn), None);
        let (other, _) = Header::new(512, [7, 10]);
        assert_eq!(other.frame(other.sum(), &one), None);
        let mut broken = bytes;
        broken[20] ^= 1;
        assert_eq!(Header::read(&broken), None);
    }
}
