//! Many datagrams for one system call: `recvmmsg`, `sendmmsg` and the socket options beside them.
//!
//! The only module of this crate with `unsafe` code. Every pointer that is handed to the kernel
//! points into a buffer owned by the [`Batch`] and is made anew for each call, so that nothing
//! outlives or aliases what it points to.
#![expect(unsafe_code, reason = "system calls that no library offers without allocation")]

use std::io;
use std::mem::{size_of, zeroed};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::fd::{AsRawFd, BorrowedFd};

/// Datagrams taken from the kernel at once.
pub(crate) const BATCH_SIZE: usize = 32;
/// Largest query accepted over UDP in octets; a longer one is cut by the kernel and dropped.
const QUERY_SIZE_MAX: usize = 4_096;
/// Largest answer over UDP in octets, whatever the client offers.
pub(crate) const ANSWER_SIZE_MAX: usize = 4_096;
/// Room for one `in6_pktinfo` control message, the larger of the two.
const CONTROL_SIZE: usize = 64;

/// Room for control messages, aligned as `cmsghdr` wants it.
#[repr(C, align(8))]
#[derive(Clone, Copy)]
struct Control([u8; CONTROL_SIZE]);

/// The local address a datagram was sent to, as the kernel told it.
#[derive(Clone, Copy)]
enum Local {
    Unknown,
    V4(libc::in_addr),
    V6(libc::in6_pktinfo),
}

/// Buffers for [`BATCH_SIZE`] queries and their answers.
pub(crate) struct Batch {
    queries: Box<[[u8; QUERY_SIZE_MAX]; BATCH_SIZE]>,
    answers: Box<[[u8; ANSWER_SIZE_MAX]; BATCH_SIZE]>,
    names: Box<[libc::sockaddr_storage; BATCH_SIZE]>,
    controls: Box<[Control; BATCH_SIZE]>,
    received: [Received; BATCH_SIZE],
    answer_sizes: [usize; BATCH_SIZE],
}

#[derive(Clone, Copy)]
struct Received {
    size: usize,
    name_size: libc::socklen_t,
    local: Local,
}

impl Batch {
    /// Empty buffers, about 260 KiB.
    pub(crate) fn new() -> Self {
        let nothing = Received { size: 0, name_size: 0, local: Local::Unknown };
        Self {
            queries: boxed([0; QUERY_SIZE_MAX]),
            answers: boxed([0; ANSWER_SIZE_MAX]),
            // SAFETY: all-zero octets are a valid `sockaddr_storage` (of family AF_UNSPEC).
            names: boxed(unsafe { zeroed() }),
            controls: boxed(Control([0; CONTROL_SIZE])),
            received: [nothing; BATCH_SIZE],
            answer_sizes: [0; BATCH_SIZE],
        }
    }

    /// Waits for at least one datagram (or the socket's receive time-out), then takes what is
    /// there. Returns how many; each is then seen once through [`Batch::each`].
    pub(crate) fn receive(&mut self, socket: BorrowedFd<'_>) -> io::Result<usize> {
        let mut vectors = self.queries.each_mut().map(|query| libc::iovec {
            iov_base: query.as_mut_ptr().cast(),
            iov_len: QUERY_SIZE_MAX,
        });
        // SAFETY: all-zero octets are a valid `mmsghdr`: null pointers and zero lengths.
        let mut headers: [libc::mmsghdr; BATCH_SIZE] = unsafe { zeroed() };
        for (i, header) in headers.iter_mut().enumerate() {
            header.msg_hdr.msg_name = (&raw mut self.names[i]).cast();
            header.msg_hdr.msg_namelen = socklen(size_of::<libc::sockaddr_storage>());
            header.msg_hdr.msg_iov = &raw mut vectors[i];
            header.msg_hdr.msg_iovlen = 1;
            header.msg_hdr.msg_control = self.controls[i].0.as_mut_ptr().cast();
            header.msg_hdr.msg_controllen = CONTROL_SIZE as _;
        }
        // SAFETY: `headers` has BATCH_SIZE entries; each points at buffers of `self` or at
        // `vectors`, all of which outlive the call and are of the lengths given.
        let count = unsafe {
            libc::recvmmsg(
                socket.as_raw_fd(),
                headers.as_mut_ptr(),
                BATCH_SIZE as libc::c_uint,
                libc::MSG_WAITFORONE as _,
                std::ptr::null_mut(),
            )
        };
        let count = usize::try_from(count).map_err(|_| io::Error::last_os_error())?;
        for (i, header) in headers.iter().enumerate().take(count) {
            let cut = header.msg_hdr.msg_flags & libc::MSG_TRUNC != 0;
            self.received[i] = Received {
                size: if cut { 0 } else { (header.msg_len as usize).min(QUERY_SIZE_MAX) },
                name_size: header.msg_hdr.msg_namelen,
                local: local_address(&header.msg_hdr),
            };
            self.answer_sizes[i] = 0;
        }
        Ok(count)
    }

    /// Shows each of the first `count` datagrams with room for its answer; `answer` returns the
    /// size of what it wrote, 0 to say nothing.
    pub(crate) fn each(
        &mut self,
        count: usize,
        mut answer: impl FnMut(SocketAddr, &[u8], &mut [u8]) -> usize,
    ) {
        for i in 0..count.min(BATCH_SIZE) {
            let size = self.received[i].size;
            let Some(from) = socket_address(&self.names[i]) else { continue };
            if size > 0 && from.port() != 0 {
                let written = answer(from, &self.queries[i][..size], &mut self.answers[i]);
                self.answer_sizes[i] = written.min(ANSWER_SIZE_MAX);
            }
        }
    }

    /// Sends the answers of the first `count` datagrams, each from the address that was asked.
    /// An answer that the kernel refuses is skipped: a lost datagram, like any other.
    pub(crate) fn send(&mut self, socket: BorrowedFd<'_>, count: usize) {
        // SAFETY: all-zero octets are valid for both types: null pointers and zero lengths.
        let mut vectors: [libc::iovec; BATCH_SIZE] = unsafe { zeroed() };
        // SAFETY: as above.
        let mut headers: [libc::mmsghdr; BATCH_SIZE] = unsafe { zeroed() };
        let mut filled = 0;
        for i in (0..count.min(BATCH_SIZE)).filter(|&i| self.answer_sizes[i] > 0) {
            vectors[filled] = libc::iovec {
                iov_base: self.answers[i].as_mut_ptr().cast(),
                iov_len: self.answer_sizes[i],
            };
            let header = &mut headers[filled].msg_hdr;
            header.msg_name = (&raw mut self.names[i]).cast();
            header.msg_namelen = self.received[i].name_size;
            header.msg_iov = &raw mut vectors[filled];
            header.msg_iovlen = 1;
            write_source(header, &mut self.controls[i], self.received[i].local);
            filled += 1;
        }
        let mut sent = 0;
        while sent < filled {
            // SAFETY: entries `sent..filled` of `headers` were filled above; what they point at
            // lives in `self` or in `vectors` until this function returns.
            let result = unsafe {
                libc::sendmmsg(
                    socket.as_raw_fd(),
                    headers[sent..].as_mut_ptr(),
                    (filled - sent) as libc::c_uint,
                    0,
                )
            };
            sent += match usize::try_from(result) {
                Ok(more) if more > 0 => more,
                Ok(_) | Err(_) => 1,
            };
        }
    }
}

/// An array on the heap without a copy of it on the stack.
fn boxed<T: Copy>(value: T) -> Box<[T; BATCH_SIZE]> {
    match vec![value; BATCH_SIZE].into_boxed_slice().try_into() {
        Ok(array) => array,
        Err(_) => unreachable!("the vector has BATCH_SIZE items"),
    }
}

const fn socklen(size: usize) -> libc::socklen_t {
    size as libc::socklen_t
}

/// Reads the packet-info control message, if the kernel sent one.
fn local_address(header: &libc::msghdr) -> Local {
    // SAFETY: `header` was filled by recvmmsg and its control buffer is still alive, so the
    // CMSG macros walk only what the kernel wrote; payloads are read unaligned and only when the
    // control message is long enough to hold them.
    unsafe {
        let mut cmsg = libc::CMSG_FIRSTHDR(header);
        while !cmsg.is_null() {
            let payload = (*cmsg).cmsg_len as usize - libc::CMSG_LEN(0) as usize;
            let from = libc::CMSG_DATA(cmsg);
            match ((*cmsg).cmsg_level, (*cmsg).cmsg_type) {
                (libc::IPPROTO_IP, libc::IP_PKTINFO)
                    if payload >= size_of::<libc::in_pktinfo>() =>
                {
                    let told = from.cast::<libc::in_pktinfo>().read_unaligned();
                    return Local::V4(told.ipi_spec_dst);
                }
                (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO)
                    if payload >= size_of::<libc::in6_pktinfo>() =>
                {
                    return Local::V6(from.cast::<libc::in6_pktinfo>().read_unaligned());
                }
                _ => cmsg = libc::CMSG_NXTHDR(header, cmsg),
            }
        }
    }
    Local::Unknown
}

/// Makes the answer leave from the address that was asked, whatever the routes say.
fn write_source(header: &mut libc::msghdr, control: &mut Control, local: Local) {
    match local {
        Local::Unknown => {}
        Local::V4(ipi_spec_dst) => {
            let any = libc::in_addr { s_addr: 0 };
            let from = libc::in_pktinfo { ipi_ifindex: 0, ipi_spec_dst, ipi_addr: any };
            write_control(header, control, (libc::IPPROTO_IP, libc::IP_PKTINFO), from);
        }
        Local::V6(mut from) => {
            if !Ipv6Addr::from(from.ipi6_addr.s6_addr).is_unicast_link_local() {
                from.ipi6_ifindex = 0; // let the routes choose the interface
            }
            write_control(header, control, (libc::IPPROTO_IPV6, libc::IPV6_PKTINFO), from);
        }
    }
}

fn write_control<T: Copy>(
    header: &mut libc::msghdr,
    control: &mut Control,
    (level, kind): (libc::c_int, libc::c_int),
    payload: T,
) {
    let payload_size = size_of::<T>() as libc::c_uint;
    header.msg_control = control.0.as_mut_ptr().cast();
    // SAFETY: CMSG_SPACE and CMSG_LEN only calculate. `control` is CONTROL_SIZE octets, aligned
    // for `cmsghdr`, and both payload types (12 and 20 octets) fit in it behind the header.
    unsafe {
        header.msg_controllen = libc::CMSG_SPACE(payload_size) as _;
        let cmsg = libc::CMSG_FIRSTHDR(header);
        (*cmsg).cmsg_level = level;
        (*cmsg).cmsg_type = kind;
        (*cmsg).cmsg_len = libc::CMSG_LEN(payload_size) as _;
        libc::CMSG_DATA(cmsg).cast::<T>().write_unaligned(payload);
    }
}

fn socket_address(name: &libc::sockaddr_storage) -> Option<SocketAddr> {
    let at = &raw const *name;
    match libc::c_int::from(name.ss_family) {
        libc::AF_INET => {
            // SAFETY: the family says that the storage holds a `sockaddr_in`, which is smaller.
            let v4 = unsafe { at.cast::<libc::sockaddr_in>().read() };
            let address = Ipv4Addr::from(u32::from_be(v4.sin_addr.s_addr));
            Some(SocketAddr::V4(SocketAddrV4::new(address, u16::from_be(v4.sin_port))))
        }
        libc::AF_INET6 => {
            // SAFETY: the family says that the storage holds a `sockaddr_in6`, which is smaller.
            let v6 = unsafe { at.cast::<libc::sockaddr_in6>().read() };
            let (address, port) = (v6.sin6_addr.s6_addr.into(), u16::from_be(v6.sin6_port));
            let (flow, scope) = (u32::from_be(v6.sin6_flowinfo), v6.sin6_scope_id);
            Some(SocketAddr::V6(SocketAddrV6::new(address, port, flow, scope)))
        }
        _ => None,
    }
}

/// Asks the kernel to tell the local address of each datagram, and never to fragment or to
/// believe a path MTU that was told by a stranger (RFC 9715 §3.1).
pub(crate) fn set_datagram_options(socket: BorrowedFd<'_>, address: IpAddr) -> io::Result<()> {
    match address {
        IpAddr::V4(_) => {
            set_option(socket, libc::IPPROTO_IP, libc::IP_PKTINFO, 1)?;
            set_option(socket, libc::IPPROTO_IP, libc::IP_MTU_DISCOVER, libc::IP_PMTUDISC_OMIT)
        }
        IpAddr::V6(_) => {
            set_option(socket, libc::IPPROTO_IPV6, libc::IPV6_RECVPKTINFO, 1)?;
            let omit = libc::IPV6_PMTUDISC_OMIT;
            set_option(socket, libc::IPPROTO_IPV6, libc::IPV6_MTU_DISCOVER, omit)
        }
    }
}

/// Lets `connect` choose the port of a socket that is bound to an address: by then the kernel
/// knows the peer, and one port serves many peers. For TCP over IPv4 and IPv6.
pub(crate) fn set_bind_without_port(socket: BorrowedFd<'_>) -> io::Result<()> {
    set_option(socket, libc::IPPROTO_IP, libc::IP_BIND_ADDRESS_NO_PORT, 1)
}

fn set_option(
    socket: BorrowedFd<'_>,
    level: libc::c_int,
    option: libc::c_int,
    value: libc::c_int,
) -> io::Result<()> {
    // SAFETY: the option value is an int that lives during the call, and its size is given.
    let result = unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            level,
            option,
            (&raw const value).cast(),
            socklen(size_of::<libc::c_int>()),
        )
    };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Gives memory that was freed back to the system. What a start, a reload or a transfer needs for a moment is many times
/// what stays, and the allocator keeps it for a day that may not come.
pub(crate) fn give_back_freed_memory() {
    #[cfg(target_env = "gnu")]
    // SAFETY: takes and returns numbers only; the allocator locks what it looks at.
    unsafe {
        libc::malloc_trim(0);
    }
}

/// Lets every other thread of ours go first: for building zones while queries are answered.
pub(crate) fn lower_thread_priority() {
    const NICE: libc::c_int = 15;
    // SAFETY: takes and returns numbers only. On Linux the call concerns the calling thread.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, NICE) };
}
