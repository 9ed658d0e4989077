//! Programs read, refused and written again; and texts by chance, none of which may panic.

use proptest::prelude::*;

use super::*;

fn read(source: &str) -> Program {
    parse(source).unwrap_or_else(|error| panic!("{source:?}: {}", error.render(source)))
}

/// The expression of a program of one bare expression.
fn expression(source: &str) -> Expression {
    match read(source).statements.remove(0).kind {
        StatementKind::Expression(expression) => expression,
        other => panic!("{source:?} is {other:?}"),
    }
}

/// The message, and the piece of the program it points at.
fn refusal(source: &str) -> (String, &str) {
    let error = parse(source).expect_err(source);
    (error.message, error.range.text(source))
}

/// Checks that `source` is read and written as `canonical`.
#[track_caller]
fn shows(source: &str, canonical: &str) {
    let shown = read(source).to_string();
    assert_eq!(shown, canonical, "from {source:?}");
    assert_eq!(read(&shown).to_string(), canonical, "from its own text");
}

#[test]
fn the_example_of_the_manual() {
    let source = "d = (z - mean(z)) / std(z); mean(d, axis=0)";
    let program = read(source);
    assert_eq!(program.statements.len(), 2);
    assert_eq!(program.to_string(), "d = (z - mean(z)) / std(z)\nmean(d, axis=0)");
    assert_eq!(program.statements[1].range.text(source), "mean(d, axis=0)");
}

#[test]
fn statements_end_at_semicolons_and_new_lines() {
    shows("a=1;b=2;", "a = 1\nb = 2");
    shows("a = 1\n\n# a remark\nb = a; b\n", "a = 1\nb = a\nb");
    shows("f(1,\n   2)", "f(1, 2)");
    shows("1 + \\\n 2", "1 + 2");
    shows("a = 1\r\nb = 2\r\n", "a = 1\nb = 2");
}

#[test]
fn all_lines_may_be_indented_alike() {
    shows("  1 + 1", "1 + 1");
    shows("\n    d = z\n    mean(d)\n", "d = z\nmean(d)");
    let source = "\n    d = z\n    mean(d) +\n";
    assert_eq!(parse(source).unwrap_err().range.line_and_column(source), (3, 14));
    let source = "    d = z\nmean(d)";
    assert_eq!(
        refusal(source),
        ("syntax error: this line is indented less than the first one".to_owned(), "mean(d)")
    );
    assert!(parse("a = 1\n  b = 2").unwrap_err().message.starts_with("syntax error: unexpected indentation"));
    assert_eq!(parse("  pass").unwrap_err().message, "`pass` is not part of calc");
}

#[test]
fn literals() {
    let kind = |source| expression(source).kind;
    assert_eq!(kind("12"), ExpressionKind::Integer(12));
    assert_eq!(kind("1_000"), ExpressionKind::Integer(1000));
    assert_eq!(kind("0xff"), ExpressionKind::Integer(255));
    assert_eq!(kind("0B101"), ExpressionKind::Integer(5));
    assert_eq!(kind("0o_17"), ExpressionKind::Integer(15));
    assert_eq!(kind("18446744073709551616"), ExpressionKind::Integer(1 << 64));
    assert_eq!(kind("0xFFFF_FFFF_FFFF_FFFF_FF"), ExpressionKind::Integer((1 << 72) - 1));
    assert_eq!(kind("1e-5"), ExpressionKind::Float(1e-5));
    assert_eq!(kind("1."), ExpressionKind::Float(1.0));
    assert_eq!(kind("1e999"), ExpressionKind::Float(f64::INFINITY));
    assert_eq!(kind("2.5j"), ExpressionKind::Imaginary(2.5));
    assert_eq!(kind("True"), ExpressionKind::Bool(true));
    assert_eq!(kind("None"), ExpressionKind::None);
    assert_eq!(kind("..."), ExpressionKind::Ellipsis);
    assert_eq!(kind("'int' \"32\""), ExpressionKind::String("int32".to_owned()));
    let big = "9".repeat(60);
    assert_eq!(refusal(&big).0, format!("the integer {}... does not fit any dtype", "9".repeat(40)));
}

#[test]
fn brackets_are_kept_where_they_mean_something() {
    shows("a+b*c", "a + b * c");
    shows("(a+b)*c", "(a + b) * c");
    shows("a-(b-c)-d", "a - (b - c) - d");
    shows("-a**-b**c", "-a ** -b ** c");
    shows("(-a)**2", "(-a) ** 2");
    shows("(a**b)**c", "(a ** b) ** c");
    shows("a&b|c^d", "a & b | c ^ d");
    shows("(a>1)&(b<2)", "(a > 1) & (b < 2)");
    shows("~a<<2>>b", "~a << 2 >> b");
    shows("a<b<=c!=d", "a < b <= c != d");
    shows("(a<b)<c", "(a < b) < c");
    shows("not a or b and not c", "not a or b and not c");
    shows("(a or b) and c", "(a or b) and c");
    shows("(1).real + 1.5.imag + (a+b).T", "(1).real + 1.5.imag + (a + b).T");
    shows("a@b//c%d", "a @ b // c % d");
}

#[test]
fn calls_methods_and_subscripts() {
    shows("z.mean(axis=(0, 1), keepdims=True)", "z.mean(axis=(0, 1), keepdims=True)");
    shows("clip(z, -1, max=+1,)", "clip(z, -1, max=+1)");
    shows("a[1, ..., ::2, None, newaxis, np.newaxis, :-1]", "a[1, ..., ::2, newaxis, newaxis, newaxis, :-1]");
    shows("a[(1, 2)], a[()], a[[1, 2]], a[1,], a[m]", "(a[1, 2], a[()], a[[1, 2]], a[1], a[m])");
    shows("a[(1, 2),]", "a[(1, 2),]");
    shows("a[1:][0]", "a[1:][0]");
    shows("a.T[0].sum()", "a.T[0].sum()");
    shows("()", "()");
    shows("1,", "(1,)");
    shows("f(*[1][0:0], x=1)".replace('*', "").as_str(), "f([1][0:0], x=1)");
}

#[test]
fn assignments() {
    shows("a = b = 1", "a = b = 1");
    shows("a += 1; a **= 2; a //= 3; a <<= 1; a @= b", "a += 1\na **= 2\na //= 3\na <<= 1\na @= b");
    shows("a[1:, m] = 0; a[...] *= 2", "a[1:, m] = 0\na[...] *= 2");
    shows("q, r = f(a)", "(q, r) = f(a)");
    shows("[q, (r, s)] = f(a)", "(q, (r, s)) = f(a)");
    assert!(refusal("a[0][1] = 2").0.contains("with one subscript"));
    assert_eq!(refusal("a.real = 2").0, "attribute `real` cannot be assigned");
    assert_eq!(refusal("b = np = 2"), ("`np` has a fixed meaning and cannot be assigned".to_owned(), "np"));
    assert!(refusal("1 = x").0.starts_with("syntax error: "));
    assert!(refusal("a, *b = x").0.starts_with("`*` in front of a value"));
}

#[test]
fn names_of_the_library_may_have_their_prefix() {
    assert_eq!(expression("np.sin").kind, ExpressionKind::Library("sin".to_owned()));
    assert_eq!(expression("numpy.pi").kind, ExpressionKind::Library("pi".to_owned()));
    assert_eq!(expression("np.linalg.norm").kind, ExpressionKind::Library("linalg.norm".to_owned()));
    shows("np.sin(x).T + np.random.rand(3)", "np.sin(x).T + np.random.rand(3)");
    assert_eq!(refusal("1 + np").0, "`np` has no value by itself: write np.sin(x) or sin(x)");
    assert_eq!(refusal("np.linalg + 1").1, "np");
    assert!(matches!(expression("x.sin").kind, ExpressionKind::Attribute { .. }));
}

#[test]
fn what_python_has_and_calc_has_not_is_refused_by_name() {
    for (source, word, place) in [
        ("a if b else c", "where(c, a, b)", "a if b else c"),
        ("1 + (lambda x: x)", "`lambda`", "lambda x: x"),
        ("(a := 1)", "`:=`", "a := 1"),
        ("[x for x in a]", "comprehensions", "[x for x in a]"),
        ("sum(x for x in a)", "comprehensions", "x for x in a"),
        ("{1: 2}", "dictionaries", "{1: 2}"),
        ("{1, 2}", "sets", "{1, 2}"),
        ("f'{a}'", "formatted strings", "f'{a}'"),
        ("b'a'", "byte strings", "b'a'"),
        ("f(*a)", "`*` in front of a value", "*a"),
        ("f(**a)", "`**` arguments", "**a"),
        ("a is b", "`is`", "a is b"),
        ("a not in b", "`in`", "a not in b"),
        ("import numpy as np", "`import`", "import"),
        ("x = 1; del x", "`del`", "del x"),
        ("def f(): pass", "`def`", "def f("),
        ("for x in a: x", "loops", "for x "),
        ("while 1: x", "loops", "while "),
        ("if a: b", "`if`", "if a: "),
        ("x: int = 1", "annotations", "x: int"),
        ("try:\n  x\nfinally:\n  y", "`try`", "try:\n "),
    ] {
        let (message, at) = refusal(source);
        assert!(message.contains(word), "{source:?}: {message}");
        assert_eq!(at.trim_end(), place.trim_end(), "{source:?}");
    }
}

#[test]
fn syntax_errors_point_at_the_place() {
    let rendered = |source: &str| parse(source).unwrap_err().render(source);
    assert_eq!(
        rendered("d = (z - 1\nd"),
        "syntax error: expected `)`, found name\n --> line 2, column 1\n  |\n2 | d\n  | ^"
    );
    assert_eq!(
        rendered("1 + / 2"),
        "syntax error: expected an expression\n --> line 1, column 5\n  |\n1 | 1 + / 2\n  |     ^"
    );
    assert!(rendered("a b").contains("1 | a b\n  |   ^"));
    assert!(rendered("f(a=1, a=2)").contains("column 8"));
    assert!(rendered("'abc").starts_with("syntax error: missing closing quote"));
    assert!(rendered("a = 3 $ 4").starts_with("syntax error: "));
}

#[test]
fn a_program_without_statements_is_refused() {
    for source in ["", "  \n\t\n", "# only a remark", "   # indented"] {
        assert_eq!(parse(source).unwrap_err().message, "the program is empty", "{source:?}");
    }
    assert!(parse(";").unwrap_err().message.starts_with("syntax error"));
}

#[test]
fn depth_and_length_are_limited() {
    read(&"1+".repeat(MAXIMUM_DEPTH - 1).to_string().add("1"));
    read(&format!("{}1", "-".repeat(MAXIMUM_DEPTH - 1)));
    let count = MAXIMUM_LENGTH_BYTES / 2 - 1;
    read(&format!("{}1{}", "(".repeat(count), ")".repeat(count)));
    for (open, close) in [
        ("-", ""),
        ("~", ""),
        ("[", "]"),
        ("f(", ")"),
        ("a[", "]"),
        ("1+(", ")"),
        ("1**", ""),
        ("not ", ""),
        ("(1,", ")"),
    ] {
        let count = MAXIMUM_LENGTH_BYTES / (open.len() + close.len()) - 1;
        let source = format!("{}1{}", open.repeat(count), close.repeat(count));
        let message = parse(&source).expect_err(open).message;
        assert!(message.starts_with("the expression is nested more than 500 deep"), "{open}: {message}");
    }
    for chain in ["+1", ".b", "[0]", "()", " and 1 or 1"] {
        let source = format!("a{}", chain.repeat(MAXIMUM_LENGTH_BYTES / chain.len() - 1));
        if let Err(error) = parse(&source) {
            assert!(error.message.starts_with("the expression is nested"), "{chain}: {}", error.message);
        }
    }
    for unfinished in [
        "(",
        "[",
        "{",
        "f(",
        "a[",
        "lambda:",
        "1 if 1 else ",
        "f'{",
        "async ",
        "await ",
        "match x:\n case (",
        ":",
        "'",
        "\\",
        "\u{feff}",
    ] {
        let source = unfinished.repeat(4000);
        assert!(parse(&source).is_err(), "{unfinished}");
    }
    let long = "a".repeat(MAXIMUM_LENGTH_BYTES + 1);
    assert!(parse(&long).unwrap_err().message.contains("at most 65536 are read"));
}

#[test]
fn names_that_can_be_assigned() {
    for name in ["z", "_", "höhe", "Z2", "sum", "type"] {
        assert!(is_assignable_name(name), "{name}");
    }
    for name in [
        "", "2a", "a b", "a.b", "a[0]", "lambda", "None", "np", "newaxis", "a=b", "a;b", " a", "a, b", "(a)",
        "a#", "a\n",
    ] {
        assert!(!is_assignable_name(name), "{name:?}");
    }
}

/// Expressions by chance, as text with all brackets.
fn any_expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[a-e]".prop_map(String::from),
        any::<u64>().prop_map(|value| value.to_string()),
        any::<f64>()
            .prop_filter("a literal is finite", |value| value.is_finite())
            .prop_map(|value| format!("({value:?})")),
        Just("2.5j".to_owned()),
        Just("True".to_owned()),
        Just("None".to_owned()),
        Just("'a\\'\\\\ \\n'".to_owned()),
        Just("np.pi".to_owned()),
    ];
    leaf.prop_recursive(6, 40, 4, |inner| {
        let binary = prop::sample::select(vec![
            "+", "-", "*", "@", "/", "//", "%", "**", "<<", ">>", "&", "|", "^", "and", "or", "<", ">=", "==",
        ]);
        prop_oneof![
            (inner.clone(), binary, inner.clone())
                .prop_map(|(a, operator, b)| format!("({a}) {operator} ({b})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, b, c)| format!("({a}) < ({b}) != ({c})")),
            (prop::sample::select(vec!["-", "+", "~", "not "]), inner.clone())
                .prop_map(|(sign, a)| format!("{sign}({a})")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(f, a, b)| format!("({f})({a}, axis={b})")),
            inner.clone().prop_map(|a| format!("({a}).mean()")),
            (inner.clone(), inner.clone(), inner.clone())
                .prop_map(|(a, i, j)| format!("({a})[{i}:, ..., :{j}:2, {i}]")),
            inner.clone().prop_map(|a| format!("({a})[({a}, 1),]")),
            prop::collection::vec(inner.clone(), 0..4).prop_map(|items| format!("[{}]", items.join(", "))),
            prop::collection::vec(inner, 1..4).prop_map(|items| format!("({},)", items.join(", "))),
        ]
    })
}

use std::ops::Add;

/// All ranges of the tree lie within the text, and children within their parents.
fn ranges_are_nested(expression: &Expression, source: &str) {
    assert!(expression.range.start < expression.range.end && expression.range.end <= source.len());
    let text = expression.range.text(source);
    if let ExpressionKind::Name(name) = &expression.kind {
        assert_eq!(name, text);
    }
    if let ExpressionKind::Binary { left, right, .. } = &expression.kind {
        for child in [left, right] {
            assert_eq!(child.range.cover(expression.range), expression.range);
            ranges_are_nested(child, source);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_shown_tree_reads_as_the_same_tree(source in any_expression()) {
        let shown = expression(&source).to_string();
        prop_assert_eq!(expression(&shown).to_string(), &*shown);
        ranges_are_nested(&expression(&source), &source);
        // The text with brackets around everything and the text with as few as possible agree
        // on the tree: showing is a function of the tree, and it was shown equal above; and no
        // bracket more than in the source was needed.
        prop_assert!(shown.matches('(').count() <= source.matches('(').count() + source.matches("mean").count());
    }

    #[test]
    fn no_text_panics(source in "\\PC{0,60}") {
        if let Err(error) = parse(&source) {
            error.render(&source);
        }
    }

    #[test]
    fn no_text_of_python_pieces_panics(pieces in prop::collection::vec(prop::sample::select(vec![
        "a", "np", ".", "1", "2.5", "1e", "0x", "j", "'", "\"", "\"\"\"", "f'", "{", "}", "(", ")", "[", "]", ",", ":", ":=", ";",
        "=", "==", "+", "-", "**", "*", "not ", "and ", "or ", "if ", "else ", "lambda ", "for ", "in ", "is ", "\n", "  ", "\t", "#",
        "\\", "\\\n", "\r", "\u{c}", "é", "\u{0}", "...", "@", "~", "<", ">", "!", "%", "&", "|", "^", "await ", "yield ", "import ",
        "match ", "case ", "type ", "def f():", "class ", "async ", "with ", "try:", "return ", "_", "$", "?", "`",
    ]), 0..40)) {
        let source = pieces.concat();
        if let Err(error) = parse(&source) {
            error.render(&source);
        }
    }
}
