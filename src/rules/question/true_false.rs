//! True or false 判断: a response is `true` or `false`, and earns full points or none (see [`super::mark`]).

/// Words that sheets use for a right statement, folded.
pub const TRUE_WORDS: [&str; 10] = ["true", "t", "yes", "y", "对", "正确", "√", "是", "1", "✓"];
/// Words that sheets use for a wrong statement, folded.
pub const FALSE_WORDS: [&str; 11] = ["false", "f", "no", "n", "错", "错误", "×", "否", "0", "✗", "x"];
