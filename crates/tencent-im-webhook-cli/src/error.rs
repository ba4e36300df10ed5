//! Why `imhook` gave up: a line to read, and an exit code.

use std::fmt;
use std::path::Path;
use std::process::ExitCode;

/// What went wrong, in one line.
#[derive(Debug)]
pub(crate) struct Error {
    kind: ErrorKind,
    reason: Option<&'static str>,
    message: String,
}

/// The exit codes, as the help lists them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ErrorKind {
    /// A webhook was not answered as the platform wants it, or a signature is wrong.
    Failed = 1,
    /// The command line is wrong.
    Usage = 2,
    /// The target cannot be reached.
    Unreachable = 3,
    /// A file cannot be read or written, or is not what it should be.
    File = 4,
    /// The address to listen on cannot be used.
    Address = 5,
    /// Ctrl-C or SIGTERM, before everything was done.
    Stopped = 6,
}

impl Error {
    pub(crate) fn new(kind: ErrorKind, message: impl fmt::Display) -> Self {
        Self { kind, reason: None, message: message.to_string() }
    }

    /// A file that cannot be read or written.
    pub(crate) fn file(path: impl AsRef<Path>, error: impl fmt::Display) -> Self {
        Self::new(ErrorKind::File, format!("{}: {error}", path.as_ref().display()))
    }

    /// Somebody had enough before everything was done.
    pub(crate) fn stopped(left: impl fmt::Display) -> Self {
        Self::new(ErrorKind::Stopped, format!("stopped before {left} more"))
    }

    /// Adds a word for programs, where there are several reasons to fail.
    pub(crate) fn reason(self, reason: &'static str) -> Self {
        Self { reason: Some(reason), ..self }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.kind as u8)
    }

    pub(crate) fn kind(&self) -> ErrorKind {
        self.kind
    }

    pub(crate) fn word(&self) -> Option<&'static str> {
        self.reason
    }
}

impl ErrorKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::Unreachable => "unreachable",
            Self::File => "file",
            Self::Address => "address",
            Self::Stopped => "stopped",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
