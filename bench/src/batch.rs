//! Many datagrams by one system call; and the reflector, the least a server could do.
#![expect(unsafe_code, reason = "the standard library sends one datagram a call")]

use std::io;
use std::net::UdpSocket;
use std::os::fd::AsRawFd as _;

use anyhow::Result;

/// Datagrams of one call.
pub const SIZE: usize = 32;
const OCTETS: usize = 2_048;

/// Room for a batch of datagrams and the addresses they came from.
pub struct Batch {
    octets: Vec<[u8; OCTETS]>,
    names: Vec<libc::sockaddr_storage>,
    slices: Vec<libc::iovec>,
    headers: Vec<libc::mmsghdr>,
}

impl Batch {
    /// With addresses, if the socket is not connected.
    #[must_use]
    pub fn new(with_addresses: bool) -> Self {
        // SAFETY: all of these are plain numbers and pointers, for which zero is a value.
        let (name, header) = unsafe { (std::mem::zeroed(), std::mem::zeroed()) };
        let slice = libc::iovec { iov_base: std::ptr::null_mut(), iov_len: 0 };
        let mut batch = Self {
            octets: vec![[0; OCTETS]; SIZE],
            names: vec![name; SIZE],
            slices: vec![slice; SIZE],
            headers: vec![header; SIZE],
        };
        for at in 0..SIZE {
            batch.slices[at].iov_base = batch.octets[at].as_mut_ptr().cast();
            let header = &mut batch.headers[at].msg_hdr;
            header.msg_iov = &raw mut batch.slices[at];
            header.msg_iovlen = 1;
            if with_addresses {
                header.msg_name = (&raw mut batch.names[at]).cast();
            }
        }
        batch
    }

    /// Receives what there is; with `MSG_WAITFORONE` at least one.
    pub fn receive(&mut self, socket: &UdpSocket, flags: libc::c_int) -> io::Result<usize> {
        for at in 0..SIZE {
            self.slices[at].iov_len = OCTETS;
            self.headers[at].msg_hdr.msg_namelen = size_of::<libc::sockaddr_storage>() as u32;
        }
        // SAFETY: every header points into vectors that this value owns and never resizes.
        let received = unsafe {
            let headers = self.headers.as_mut_ptr();
            libc::recvmmsg(socket.as_raw_fd(), headers, SIZE as u32, flags, std::ptr::null_mut())
        };
        usize::try_from(received).map_err(|_| io::Error::last_os_error())
    }

    /// What was received at a place of the last call.
    #[must_use]
    pub fn received(&self, at: usize) -> &[u8] {
        let len = self.headers[at].msg_len as usize;
        &self.octets[at][..len.min(OCTETS)]
    }

    /// Sends the first `count`, whose lengths are set.
    pub fn send(&mut self, socket: &UdpSocket, count: usize) -> io::Result<usize> {
        // SAFETY: as above.
        let sent = unsafe {
            libc::sendmmsg(socket.as_raw_fd(), self.headers.as_mut_ptr(), count as u32, 0)
        };
        usize::try_from(sent).map_err(|_| io::Error::last_os_error())
    }

    /// Puts a datagram at a place of the next send.
    pub fn put(&mut self, at: usize, datagram: &[u8]) {
        self.octets[at][..datagram.len()].copy_from_slice(datagram);
        self.slices[at].iov_len = datagram.len();
    }
}

/// Sends every datagram back with the QR bit set: what no server can be faster than.
pub fn reflect(port: u16) -> Result<()> {
    let socket = UdpSocket::bind(("127.0.0.1", port))?;
    let mut batch = Batch::new(true);
    loop {
        let count = batch.receive(&socket, libc::MSG_WAITFORONE)?;
        for at in 0..count {
            batch.slices[at].iov_len = batch.headers[at].msg_len as usize;
            batch.octets[at][2] |= 0x80;
        }
        batch.send(&socket, count)?;
    }
}
