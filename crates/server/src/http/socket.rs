//! The control socket: one owner, no strangers, no leftovers.

use socket2::{Domain, SockAddr, Socket, Type};
use std::fs::{File, Permissions};
use std::io::{self, ErrorKind};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use tokio::net::UnixListener;

/// Only the owner (and root) may connect: Linux asks for write permission.
const MODE: u32 = 0o600;

/// Connections that wait for us to accept them.
const BACKLOG: i32 = 128;

/// Why the control socket cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    /// Someone answers there.
    #[error(
        "another daemon already listens at {}; stop it, or give this one its own \
         `server.control-socket`",
        .0.display()
    )]
    InUse(PathBuf),
    /// We only ever remove sockets.
    #[error("{} exists and is not a socket; remove it, or set `server.control-socket`", .0.display())]
    NotASocket(PathBuf),
    /// The operating system refused.
    #[error("cannot open the control socket {}", path.display())]
    Io {
        /// The socket file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// The open socket. Its file goes when this does.
#[derive(Debug)]
pub(crate) struct ControlSocket {
    listener: UnixListener,
    file: SocketFile,
}

impl ControlSocket {
    /// Opens the socket with mode 0600, in place of one that a dead daemon left behind.
    ///
    /// Two daemons on one path are kept apart by the lock on the data directory; this only looks
    /// whether someone answers. Must be called inside a tokio runtime.
    ///
    /// # Errors
    /// See [`SocketError`].
    pub(crate) fn open(path: &Path) -> Result<Self, SocketError> {
        make_way(path)?;
        let (listener, file) =
            bind(path).map_err(|source| SocketError::Io { path: path.to_path_buf(), source })?;
        Ok(Self { listener, file })
    }

    /// The listener, and the guard that removes its file when dropped.
    pub(super) fn into_parts(self) -> (UnixListener, SocketFile) {
        (self.listener, self.file)
    }
}

/// Removes a socket that nobody listens on.
fn make_way(path: &Path) -> Result<(), SocketError> {
    let io_error = |source| SocketError::Io { path: path.to_path_buf(), source };
    match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(io_error(error)),
        Ok(found) if !found.file_type().is_socket() => {
            return Err(SocketError::NotASocket(path.to_path_buf()));
        }
        Ok(_) => {}
    }
    match UnixStream::connect(path) {
        Ok(_) => Err(SocketError::InUse(path.to_path_buf())),
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
            std::fs::remove_file(path).map_err(io_error)
        }
        Err(error) => Err(io_error(error)),
    }
}

fn bind(path: &Path) -> io::Result<(UnixListener, SocketFile)> {
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
    // Linux gives the file the mode of the unbound socket, so there is no moment in which the
    // file is open to others.
    let unbound = File::from(OwnedFd::from(socket));
    unbound.set_permissions(Permissions::from_mode(MODE))?;
    let socket = Socket::from(OwnedFd::from(unbound));
    socket.bind(&SockAddr::unix(path)?)?;
    let found = std::fs::symlink_metadata(path)?;
    let file = SocketFile { path: path.to_path_buf(), inode: found.ino() };
    if found.permissions().mode() & 0o777 & !MODE != 0 {
        return Err(io::Error::other("this system does not keep the mode of a socket file"));
    }
    socket.listen(BACKLOG)?;
    socket.set_nonblocking(true)?;
    Ok((UnixListener::from_std(OwnedFd::from(socket).into())?, file))
}

/// The socket in the file system, as long as it is ours.
#[derive(Debug)]
pub(super) struct SocketFile {
    path: PathBuf,
    inode: u64,
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let ours = std::fs::symlink_metadata(&self.path).is_ok_and(|f| f.ino() == self.inode);
        if ours {
            // Nothing is lost if it stays: the next daemon sees that nobody answers there.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap()
    }

    #[tokio::test]
    async fn socket_file_is_for_its_owner_only_and_goes_with_the_socket() {
        let folder = folder();
        let path = folder.path().join("control.sock");
        let socket = ControlSocket::open(&path).unwrap();
        let mode = std::fs::symlink_metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        drop(socket);
        assert!(!path.exists());
    }

    #[tokio::test]
    async fn socket_of_a_dead_daemon_is_replaced() {
        let folder = folder();
        let path = folder.path().join("control.sock");
        drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
        assert!(path.exists(), "std leaves the file behind, as a killed daemon does");
        let _socket = ControlSocket::open(&path).unwrap();
        UnixStream::connect(&path).unwrap();
    }

    #[tokio::test]
    async fn socket_of_a_live_daemon_is_left_alone() {
        let folder = folder();
        let path = folder.path().join("control.sock");
        let _first = ControlSocket::open(&path).unwrap();
        let error = ControlSocket::open(&path).unwrap_err();
        assert!(matches!(error, SocketError::InUse(_)), "{error}");
        UnixStream::connect(&path).unwrap();
    }

    #[tokio::test]
    async fn a_file_that_is_not_a_socket_is_never_removed() {
        let folder = folder();
        let path = folder.path().join("control.sock");
        std::fs::write(&path, "precious").unwrap();
        let error = ControlSocket::open(&path).unwrap_err();
        assert!(matches!(error, SocketError::NotASocket(_)), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
    }

    #[tokio::test]
    async fn a_socket_that_took_our_place_is_not_removed_at_the_end() {
        let folder = folder();
        let path = folder.path().join("control.sock");
        let first = ControlSocket::open(&path).unwrap();
        std::fs::rename(&path, folder.path().join("aside")).unwrap();
        let _second = ControlSocket::open(&path).unwrap();
        drop(first);
        assert!(path.exists());
    }
}
