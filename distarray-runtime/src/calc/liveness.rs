//! When a program has used a name for the last time, so that its array can be let go.

use std::collections::BTreeSet;

use super::syntax::{Expression, ExpressionKind, Index, Program, Statement, StatementKind, Target};

impl Program {
    /// For each statement, the names that nobody needs after it, in alphabetical order; a name that
    /// is in `kept` (what is saved at the end) is needed until the end.
    ///
    /// A name that is assigned anew lives from there: in `z = z - 1; z = 2 * z` the first value of `z`
    /// is not listed (its place is taken by the second), in `y = z; z = 1; z` the given `z` is let
    /// go after the first statement.
    pub fn unneeded_after(&self, kept: &[&str]) -> Vec<Vec<String>> {
        let mut needed: BTreeSet<&str> = kept.iter().copied().collect();
        let mut unneeded = Vec::with_capacity(self.statements.len());
        for statement in self.statements.iter().rev() {
            let names = Names::of(statement);
            let here = names.read.union(&names.written).filter(|name| !needed.contains(*name));
            unneeded.push(here.map(|name| (*name).to_owned()).collect());
            needed.retain(|name| !names.written.contains(name));
            needed.extend(names.read);
        }
        unneeded.reverse();
        unneeded
    }
}

/// The names that one statement reads and gives new values to.
#[derive(Default)]
struct Names<'a> {
    read: BTreeSet<&'a str>,
    written: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    fn of(statement: &'a Statement) -> Self {
        let mut names = Self::default();
        match &statement.kind {
            StatementKind::Assign { targets, value } => {
                names.expression(value);
                targets.iter().for_each(|target| names.target(target));
            }
            StatementKind::Update { target, value, .. } => {
                names.expression(value);
                names.target(target);
                if let Target::Name(name) = target {
                    names.read.insert(&name.name);
                }
            }
            StatementKind::Expression(value) => names.expression(value),
        }
        names
    }

    fn target(&mut self, target: &'a Target) {
        match target {
            Target::Name(name) => {
                self.written.insert(&name.name);
            }
            Target::Subscript { object, indices, .. } => {
                self.read.insert(&object.name);
                self.indices(indices);
            }
            Target::Tuple { parts, .. } => parts.iter().for_each(|part| self.target(part)),
        }
    }

    fn indices(&mut self, indices: &'a [Index]) {
        for index in indices {
            match index {
                Index::Slice(slice) => {
                    [&slice.start, &slice.stop, &slice.step]
                        .into_iter()
                        .flatten()
                        .for_each(|bound| self.expression(bound));
                }
                Index::Expression(expression) => self.expression(expression),
                Index::Ellipsis(_) | Index::NewAxis(_) => {}
            }
        }
    }

    fn expression(&mut self, expression: &'a Expression) {
        match &expression.kind {
            ExpressionKind::Name(name) => {
                self.read.insert(name);
            }
            ExpressionKind::Unary { operand, .. } => self.expression(operand),
            ExpressionKind::Binary { left, right, .. } => {
                self.expression(left);
                self.expression(right);
            }
            ExpressionKind::Comparison { operands: items, .. }
            | ExpressionKind::Logical { operands: items, .. }
            | ExpressionKind::Tuple(items)
            | ExpressionKind::List(items) => items.iter().for_each(|item| self.expression(item)),
            ExpressionKind::Call { function, arguments, keywords } => {
                self.expression(function);
                arguments.iter().for_each(|argument| self.expression(argument));
                keywords.iter().for_each(|keyword| self.expression(&keyword.value));
            }
            ExpressionKind::Attribute { object, .. } => self.expression(object),
            ExpressionKind::Subscript { object, indices } => {
                self.expression(object);
                self.indices(indices);
            }
            ExpressionKind::None
            | ExpressionKind::Bool(_)
            | ExpressionKind::Integer(_)
            | ExpressionKind::Float(_)
            | ExpressionKind::Imaginary(_)
            | ExpressionKind::String(_)
            | ExpressionKind::Ellipsis
            | ExpressionKind::Library(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    fn unneeded(source: &str, kept: &[&str]) -> Vec<String> {
        let program = parse(source).expect("a program of this test");
        program.unneeded_after(kept).iter().map(|names| names.join(" ")).collect()
    }

    #[test]
    fn a_name_is_let_go_after_its_last_use() {
        assert_eq!(unneeded("d = z - m; e = d * 2; e + z", &[]), ["m", "d", "e z"]);
    }

    #[test]
    fn what_is_kept_stays_to_the_end() {
        assert_eq!(unneeded("d = z; d + 1; 2", &["d"]), ["z", "", ""]);
    }

    #[test]
    fn a_new_value_begins_a_new_life() {
        assert_eq!(unneeded("y = z; z = 1; z + y", &[]), ["z", "", "y z"]);
        assert_eq!(unneeded("z = z - 1; z = 2 * z; z", &[]), ["", "", "z"]);
    }

    #[test]
    fn what_is_never_used_is_let_go_at_once() {
        assert_eq!(unneeded("a = 1; 2", &[]), ["a", ""]);
    }

    #[test]
    fn changing_elements_needs_the_array() {
        assert_eq!(
            unneeded("b = a; a[i:, j] = v; a.sum(axis=k)", &[]),
            ["b", "i j v", "a k sum"].map(|names| names.replace(" sum", ""))
        );
        assert_eq!(unneeded("a += 1; a", &[]), ["", "a"]);
    }
}
