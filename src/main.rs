//! The command line: arguments in, exit code out.

fn main() -> std::process::ExitCode {
    mainstay::commands::run(std::env::args_os())
}
