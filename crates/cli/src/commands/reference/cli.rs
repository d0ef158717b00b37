//! The page about the commands, made from their arguments.

use std::fmt::Write;

use clap::{Command, CommandFactory};

/// Prints the page as Markdown.
pub(super) fn page() -> String {
    let mut command = crate::Cli::command();
    command.build();
    let mut text = String::from(
        "# Commands\n\nMade from the program by `llmos reference cli`; do not edit it by hand.\n\n",
    );
    describe(&command, "llmos", &mut text);
    text
}

fn describe(command: &Command, name: &str, text: &mut String) {
    let children: Vec<&Command> = command
        .get_subcommands()
        .filter(|child| !child.is_hide_set() && child.get_name() != "help")
        .collect();
    // A command that does something by itself is no group, though it has others below it.
    let is_group = command.is_subcommand_required_set() && name != "llmos";
    if !is_group {
        write(command, name, text);
    }
    for child in children {
        describe(child, &format!("{name} {}", child.get_name()), text);
    }
}

fn write(command: &Command, name: &str, text: &mut String) {
    let about = command.get_long_about().or(command.get_about());
    let about = about.map(ToString::to_string).unwrap_or_default();
    let usage = command.clone().render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ");
    let mut add = |line: &str| {
        writeln!(text, "{line}").expect("because writing to a string cannot fail");
    };
    add(&format!("## `{name}`\n\n{about}\n\n```\n{usage}\n```\n"));
    let arguments: Vec<_> = command
        .get_arguments()
        .filter(|arg| !arg.is_hide_set() && !matches!(arg.get_id().as_str(), "help" | "version"))
        .collect();
    if arguments.is_empty() {
        return;
    }
    add("| argument | meaning | default |\n| --- | --- | --- |");
    for arg in arguments {
        let values: Vec<String> = arg
            .get_value_names()
            .unwrap_or_default()
            .iter()
            .map(|name| format!("<{name}>"))
            .collect();
        let takes = arg.get_action().takes_values();
        let flag = match (arg.get_long(), takes) {
            (Some(long), true) => format!("--{long} {}", values.join(" ")),
            (Some(long), false) => format!("--{long}"),
            (None, _) => values.join(" "),
        };
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let env = arg.get_env().map(|env| format!(" (or `{}`)", env.to_string_lossy()));
        let defaults: Vec<String> = arg
            .get_default_values()
            .iter()
            .filter(|_| takes)
            .map(|value| format!("`{}`", value.to_string_lossy()))
            .collect();
        add(&format!("| `{flag}` | {help}{} | {} |", env.unwrap_or_default(), defaults.join(" ")));
    }
    add("");
}
