//! Words: every text that users read comes from `locales/`, in both languages.
//!
//! A missing message shows its own name, and a test fails on it.

mod errors;
mod findings;
#[cfg(test)]
mod tests;
mod times;
pub mod words;

pub use errors::{
    Described, column, describe, lint, lost, origin, problem, remark, sheet_problem, shortfall, template_flaw,
};
pub use findings::finding;
pub use times::{clock, day, day_of_year, hour, moment, stamp};

use crate::rules::text::Language;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use std::sync::LazyLock;

/// Values that fill a message.
pub use fluent_bundle::FluentValue as Value;

type Bundle = FluentBundle<FluentResource>;

static ZH: LazyLock<Bundle> = LazyLock::new(|| bundle("zh-CN", include_str!("../locales/zh.ftl")));
static EN: LazyLock<Bundle> = LazyLock::new(|| bundle("en", include_str!("../locales/en.ftl")));

fn bundle(code: &str, source: &str) -> Bundle {
    // What doesn't parse is left out here and found by the test of the locales.
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, _)| resource);
    let mut bundle = Bundle::new_concurrent(code.parse().into_iter().collect());
    bundle.set_use_isolating(false);
    let _ = bundle.add_resource(resource);
    bundle
}

fn of(language: Language) -> &'static Bundle {
    match language {
        Language::Zh => &ZH,
        Language::En => &EN,
    }
}

/// The message of an id.
pub fn text(language: Language, id: &str) -> String {
    text_with(language, id, &[])
}

/// The message of an id, filled with values. `id.attribute` names an attribute.
pub fn text_with(language: Language, id: &str, values: &[(&str, Value<'_>)]) -> String {
    find(language, id, values).unwrap_or_else(|| id.to_owned())
}

/// The message of an id, where there is one.
pub fn find(language: Language, id: &str, values: &[(&str, Value<'_>)]) -> Option<String> {
    let bundle = of(language);
    let (id, attribute) = id.split_once('.').map_or((id, None), |(id, attribute)| (id, Some(attribute)));
    let message = bundle.get_message(id)?;
    let pattern = match attribute {
        None => message.value()?,
        Some(attribute) => message.get_attribute(attribute)?.value(),
    };
    let args: FluentArgs<'_> = values.iter().map(|(name, value)| (*name, value.clone())).collect();
    let mut errors = Vec::new();
    Some(bundle.format_pattern(pattern, Some(&args), &mut errors).into_owned())
}
