//! A reader of the Python literals that stand in headers: text, integers, booleans, tuples, lists.

use crate::error::Problem;

/// How deeply tuples and lists may lie in each other; a shape needs 1, a record dtype a few.
const DEPTH_LIMIT: usize = 16;

/// A literal value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Literal {
    Text(String),
    Integer(i128),
    Boolean(bool),
    None,
    Tuple(Vec<Literal>),
    List(Vec<Literal>),
}

/// One entry of the dictionary: key, value, and the value as it was written.
pub(super) struct Entry<'a> {
    pub(super) key: String,
    pub(super) value: Literal,
    pub(super) source: &'a str,
}

/// Reads a dictionary with text keys, and nothing else but white space around it.
///
/// `python2` accepts integers with the suffix `L`, as Python 2 wrote them.
pub(super) fn dictionary(text: &str, python2: bool) -> Result<Vec<Entry<'_>>, Problem> {
    let mut reader = Reader { text, position: 0, python2 };
    let mut entries = Vec::new();
    reader.expect('{', "{")?;
    loop {
        if reader.take('}') {
            break;
        }
        let start = reader.skip_space();
        let Literal::Text(key) = reader.value(0)? else {
            return Err(reader.refuse_at(start, "a key in quotes"));
        };
        reader.expect(':', ":")?;
        let start = reader.skip_space();
        let value = reader.value(0)?;
        entries.push(Entry { key, value, source: &text[start..reader.position] });
        if !reader.take(',') {
            reader.expect('}', ", or }")?;
            break;
        }
    }
    reader.skip_space();
    match reader.peek() {
        None => Ok(entries),
        Some(_) => Err(reader.refuse("the end")),
    }
}

struct Reader<'a> {
    text: &'a str,
    position: usize,
    python2: bool,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.position..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.position += next.len_utf8();
        Some(next)
    }

    /// Goes on to the next character that is no white space, and says where it is.
    fn skip_space(&mut self) -> usize {
        while matches!(self.peek(), Some(' ' | '\t' | '\n' | '\r' | '\x0c')) {
            self.position += 1;
        }
        self.position
    }

    /// Whether `wanted` comes next; if so goes past it.
    fn take(&mut self, wanted: char) -> bool {
        self.skip_space();
        let comes = self.peek() == Some(wanted);
        if comes {
            self.position += wanted.len_utf8();
        }
        comes
    }

    fn expect(&mut self, wanted: char, expected: &'static str) -> Result<(), Problem> {
        if self.take(wanted) { Ok(()) } else { Err(self.refuse(expected)) }
    }

    fn refuse(&self, expected: &'static str) -> Problem {
        self.refuse_at(self.position, expected)
    }

    fn refuse_at(&self, position: usize, expected: &'static str) -> Problem {
        let mut rest = self.text[position..].chars();
        let shown: String = rest.by_ref().take(20).collect();
        let found = match (shown.is_empty(), rest.next()) {
            (true, _) => String::from("the end"),
            (false, None) => format!("{shown:?}"),
            (false, Some(_)) => format!("{shown:?}.."),
        };
        Problem::HeaderSyntax { position, expected, found }
    }

    fn value(&mut self, depth: usize) -> Result<Literal, Problem> {
        self.skip_space();
        match self.peek() {
            Some('\'' | '"') => Ok(Literal::Text(self.quoted()?)),
            Some('(') => self.sequence(depth, ')'),
            Some('[') => self.sequence(depth, ']'),
            Some('+' | '-' | '0'..='9') => self.integer(),
            Some('A'..='Z' | 'a'..='z') => self.word(),
            _ => Err(self.refuse("a value")),
        }
    }

    /// A tuple or a list; `(x)` without a comma is `x`.
    fn sequence(&mut self, depth: usize, close: char) -> Result<Literal, Problem> {
        if depth == DEPTH_LIMIT {
            return Err(self.refuse("something less deeply nested"));
        }
        self.next();
        let mut values = Vec::new();
        let mut comma = false;
        while !self.take(close) {
            if !values.is_empty() && !comma {
                return Err(self.refuse(", or the closing bracket"));
            }
            values.push(self.value(depth + 1)?);
            comma = self.take(',');
        }
        if close == ']' {
            return Ok(Literal::List(values));
        }
        match values.pop() {
            Some(only) if values.is_empty() && !comma => Ok(only),
            Some(last) => {
                values.push(last);
                Ok(Literal::Tuple(values))
            }
            None => Ok(Literal::Tuple(values)),
        }
    }

    fn integer(&mut self) -> Result<Literal, Problem> {
        let start = self.position;
        let is_negative = self.peek() == Some('-');
        if matches!(self.peek(), Some('+' | '-')) {
            self.position += 1;
        }
        let digits = self.position;
        while self.peek().is_some_and(|next| next.is_ascii_digit()) {
            self.position += 1;
        }
        let written = &self.text[digits..self.position];
        // A leading zero made a number octal in Python 2, and is an error in Python 3.
        if written.is_empty() || (written.len() > 1 && written.starts_with('0')) {
            return Err(self.refuse_at(start, "a decimal number"));
        }
        let value: i128 = written.parse().map_err(|_| self.refuse_at(start, "a number below 2^127"))?;
        if self.python2 && self.peek() == Some('L') {
            self.position += 1;
        }
        if self.peek().is_some_and(|next| next.is_alphanumeric() || next == '.' || next == '_') {
            return Err(self.refuse_at(start, "an integer"));
        }
        Ok(Literal::Integer(if is_negative { -value } else { value }))
    }

    fn word(&mut self) -> Result<Literal, Problem> {
        let start = self.position;
        while self.peek().is_some_and(|next| next.is_alphanumeric() || next == '_') {
            self.next();
        }
        match &self.text[start..self.position] {
            "True" => Ok(Literal::Boolean(true)),
            "False" => Ok(Literal::Boolean(false)),
            "None" => Ok(Literal::None),
            "u" | "U" if matches!(self.peek(), Some('\'' | '"')) => Ok(Literal::Text(self.quoted()?)),
            _ => Err(self.refuse_at(start, "a value")),
        }
    }

    fn quoted(&mut self) -> Result<String, Problem> {
        let start = self.position;
        let quote = self.next();
        let mut text = String::new();
        loop {
            match self.next() {
                None | Some('\n') => return Err(self.refuse_at(start, "text with closing quotes")),
                next if next == quote => return Ok(text),
                Some('\\') => text.push(self.escaped()?),
                Some(next) => text.push(next),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, Problem> {
        let start = self.position;
        let digits = match self.next() {
            Some(next @ ('\\' | '\'' | '"')) => return Ok(next),
            Some('n') => return Ok('\n'),
            Some('t') => return Ok('\t'),
            Some('r') => return Ok('\r'),
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            _ => return Err(self.refuse_at(start, "an escape that is known here")),
        };
        let mut code = 0;
        for _ in 0..digits {
            let digit = self.next().and_then(|next| next.to_digit(16));
            code = digit
                .map(|digit| code << 4 | digit)
                .ok_or_else(|| self.refuse_at(start, "hexadecimal digits"))?;
        }
        char::from_u32(code).ok_or_else(|| self.refuse_at(start, "a character's code"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(text: &str) -> Result<Vec<(String, Literal)>, Problem> {
        let entries = dictionary(text, true)?;
        Ok(entries.into_iter().map(|entry| (entry.key, entry.value)).collect())
    }

    fn one(text: &str) -> Result<Literal, Problem> {
        Ok(values(&format!("{{'k': {text}}}"))?.remove(0).1)
    }

    #[test]
    fn literals_are_read_as_python_reads_them() {
        use Literal::{Boolean, Integer, List, Text, Tuple};
        assert_eq!(values(" {} \n"), Ok(vec![]));
        assert_eq!(one("True"), Ok(Boolean(true)));
        assert_eq!(one("None"), Ok(Literal::None));
        assert_eq!(one("( )"), Ok(Tuple(vec![])));
        assert_eq!(one("(3)"), Ok(Integer(3)));
        assert_eq!(one("(3,)"), Ok(Tuple(vec![Integer(3)])));
        assert_eq!(one("(3L, 4L)"), Ok(Tuple(vec![Integer(3), Integer(4)])));
        assert_eq!(one("(-3, +4 ,\n)"), Ok(Tuple(vec![Integer(-3), Integer(4)])));
        assert_eq!(one(r#"u"a'\x41\u00e9\\""#), Ok(Text(String::from("a'A\u{e9}\\"))));
        assert_eq!(
            one("[('x', '<f8')]"),
            Ok(List(vec![Tuple(vec![Text(String::from("x")), Text(String::from("<f8"))])]))
        );
        let entries = dictionary("{'a': (1, 2) , 'b':[ ]}", false).expect("two entries");
        assert_eq!((entries[0].source, entries[1].source), ("(1, 2)", "[ ]"));
    }

    #[test]
    fn what_python_would_not_read_is_refused_with_its_place() {
        for text in [
            "",
            "{",
            "{'a'}",
            "{'a':}",
            "{'a':1",
            "{'a':1,,}",
            "{'a':1} x",
            "{,}",
            "{1:2}",
            "{'a':(,)}",
            "{'a':(1 2)}",
            "{'a':(1]}",
            "{'a':'x}",
            "{'a':1.5}",
            "{'a':0x1}",
            "{'a':01}",
            "{'a':--1}",
            "{'a':1LL}",
            "{'a':b'x'}",
            "{'a':__import__('os')}",
            "{'a':'\\q'}",
            "{'a':'\\x4'}",
            "{'a':'\\ud800'}",
            "{'a':{}}",
            "{'a':\u{e9}}",
            "{'a':999999999999999999999999999999999999999999}",
        ] {
            assert!(matches!(values(text), Err(Problem::HeaderSyntax { .. })), "{text}");
        }
        assert_eq!(
            values("{'a':(1, x)}"),
            Err(Problem::HeaderSyntax { position: 9, expected: "a value", found: String::from("\"x)}\"") })
        );
        let deep = format!("{{'a':{}{}}}", "(".repeat(5000), ")".repeat(5000));
        assert!(values(&deep).is_err());
        assert!(dictionary("{'a': 3L}", false).is_err());
    }
}
