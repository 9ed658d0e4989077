//! What a source file imports, defines and mentions: as much of Rust's syntax as the laws need.

/// One name that a `use` brings in.
pub(crate) struct Import {
    /// The path as it is written, `*` at the end for everything.
    pub(crate) path: Vec<String>,
    /// What it is called here.
    pub(crate) name: String,
    /// Whether others may take it from here.
    pub(crate) is_public: bool,
}

/// A file, read.
pub(crate) struct Syntax {
    pub(crate) imports: Vec<Import>,
    /// Every path and every single name outside of `use`.
    pub(crate) mentions: Vec<Vec<String>>,
    /// The names of the items, and of functions inside them.
    pub(crate) definitions: Vec<String>,
    /// Macros that `#[macro_export]` puts at the root of the crate.
    pub(crate) exported_macros: Vec<String>,
    /// Modules in files of their own that exist in tests only.
    pub(crate) test_modules: Vec<String>,
}

impl Syntax {
    /// Reads a file. What stands under `#[cfg(test)]` does not count.
    pub(crate) fn of(text: &str) -> Syntax {
        let (tokens, test_modules) = without_tests(tokens(text));
        let mut syntax = Syntax {
            imports: Vec::new(),
            mentions: Vec::new(),
            definitions: Vec::new(),
            exported_macros: Vec::new(),
            test_modules,
        };
        let at = |index: usize| tokens.get(index).map_or("", String::as_str);
        let mut is_exported = false;
        let mut index = 0;
        while index < tokens.len() {
            match at(index) {
                "use" => {
                    let is_public = at(index.wrapping_sub(1)) == "pub"
                        || (at(index.wrapping_sub(1)) == ")" && at(index.wrapping_sub(4)) == "pub");
                    index = syntax.import(&tokens, index + 1, &mut Vec::new(), is_public);
                    continue;
                }
                "macro_export" => is_exported = true,
                "macro_rules" => {
                    let name = at(index + 2).to_owned();
                    if std::mem::take(&mut is_exported) {
                        syntax.exported_macros.push(name.clone());
                    }
                    syntax.definitions.push(name);
                }
                "fn" | "struct" | "enum" | "trait" | "type" | "const" | "static" => {
                    syntax.definitions.push(at(index + 1).to_owned());
                }
                word if is_word(word) => {
                    let mut path = vec![word.to_owned()];
                    while at(index + 1) == "::" && is_word(at(index + 2)) {
                        path.push(at(index + 2).to_owned());
                        index += 2;
                    }
                    syntax.mentions.push(path);
                }
                _ => {}
            }
            index += 1;
        }
        syntax
    }

    /// Reads one branch of the tree behind a `use` and returns where the next begins.
    fn import(
        &mut self,
        tokens: &[String],
        mut index: usize,
        prefix: &mut Vec<String>,
        is_public: bool,
    ) -> usize {
        let before = prefix.len();
        let mut alias = None;
        let mut is_group = false;
        while let Some(token) = tokens.get(index) {
            index += 1;
            match token.as_str() {
                "{" => {
                    is_group = true;
                    while tokens.get(index).is_some_and(|token| token != "}") {
                        index = self.import(tokens, index, prefix, is_public);
                    }
                    index += 1;
                }
                "as" => {
                    alias = tokens.get(index).cloned();
                    index += 1;
                }
                "," | ";" => break,
                "}" => {
                    // The group's own end, which the caller looks for.
                    index -= 1;
                    break;
                }
                "::" => {}
                word => prefix.push(word.to_owned()),
            }
        }
        if !is_group && prefix.len() > before {
            let mut path = prefix.clone();
            if path.last().is_some_and(|last| last == "self") && path.len() > 1 {
                path.pop();
            }
            let name = alias.or_else(|| path.last().cloned()).unwrap_or_default();
            self.imports.push(Import { path, name, is_public });
        }
        prefix.truncate(before);
        index
    }
}

fn is_word(token: &str) -> bool {
    token.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// Words, `::` and single signs; no comments, no text between quotes.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if first == '"' {
            quoted_length(rest)
        } else if rest.starts_with("r\"") || rest.starts_with("r#\"") {
            let end = if rest.starts_with("r#") { "\"#" } else { "\"" };
            rest[3..].find(end).map_or(rest.len(), |position| 3 + position + end.len())
        } else if first == '\'' {
            quote_length(rest)
        } else if first.is_alphanumeric() || first == '_' {
            rest.find(|next: char| !next.is_alphanumeric() && next != '_').unwrap_or(rest.len())
        } else if rest.starts_with("::") {
            2
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(length);
        if token == "::" || first.is_alphanumeric() || "_{}()[];,*#!$".contains(first) {
            tokens.push(token.to_owned());
        }
        rest = after;
    }
    tokens
}

/// The length of the text between double quotes at the beginning, with them.
fn quoted_length(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.char_indices().skip(1).find(|&(_, next)| {
        let ends = next == '"' && !is_escaped;
        is_escaped = next == '\\' && !is_escaped;
        ends
    });
    end.map_or(text.len(), |(position, _)| position + 1)
}

/// The length of the character or of the lifetime's quote at the beginning.
fn quote_length(text: &str) -> usize {
    let mut signs = text.char_indices().skip(1);
    match (signs.next(), signs.next()) {
        (Some((_, '\\')), Some((position, _))) => {
            let from = position + 1;
            text[from..].find('\'').map_or(text.len(), |end| from + end + 1)
        }
        (Some(_), Some((position, '\''))) => position + 1,
        _ => 1,
    }
}

/// The tokens without the items under `#[cfg(test)]`, and the modules among these that are files.
fn without_tests(tokens: Vec<String>) -> (Vec<String>, Vec<String>) {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let (mut kept, mut modules) = (Vec::new(), Vec::new());
    let mut index = 0;
    while index < tokens.len() {
        if !tokens[index..].iter().take(7).eq(MARK.iter()) {
            kept.push(tokens[index].clone());
            index += 1;
            continue;
        }
        index += MARK.len();
        let mut depth = 0_usize;
        let is_import = tokens.get(index).is_some_and(|token| token == "use");
        if let [keyword, name, end, ..] = &tokens[index..]
            && keyword == "mod"
            && end == ";"
        {
            modules.push(name.clone());
        }
        while let Some(token) = tokens.get(index) {
            index += 1;
            match token.as_str() {
                "{" => depth += 1,
                "}" => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 && (token == ";" || (token == "}" && !is_import)) {
                break;
            }
        }
    }
    (kept, modules)
}
