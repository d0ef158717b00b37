//! Which system calls are left to a process behind the wall.

use std::{collections::BTreeMap, env::consts::ARCH};

use libc::c_long;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, apply_filter,
};

use super::{WallError, step};

/// What no skill has a use for: the network, other processes, other files systems, the kernel itself.
const DENIED: &[c_long] = &[
    libc::SYS_socket,
    libc::SYS_socketpair,
    libc::SYS_connect,
    libc::SYS_bind,
    libc::SYS_listen,
    libc::SYS_accept,
    libc::SYS_accept4,
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_kcmp,
    libc::SYS_kill,
    libc::SYS_tkill,
    libc::SYS_rt_sigqueueinfo,
    libc::SYS_rt_tgsigqueueinfo,
    libc::SYS_pidfd_open,
    libc::SYS_pidfd_send_signal,
    libc::SYS_pidfd_getfd,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_open_tree,
    libc::SYS_move_mount,
    libc::SYS_fsopen,
    libc::SYS_fsmount,
    libc::SYS_unshare,
    libc::SYS_setns,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_userfaultfd,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    libc::SYS_reboot,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_sethostname,
    libc::SYS_setdomainname,
    libc::SYS_clock_settime,
    libc::SYS_settimeofday,
    libc::SYS_acct,
    libc::SYS_quotactl,
    libc::SYS_setpgid,
    libc::SYS_setsid,
    libc::SYS_memfd_create,
    libc::SYS_execveat,
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_msgget,
    libc::SYS_semget,
    libc::SYS_mq_open,
    libc::SYS_name_to_handle_at,
    libc::SYS_open_by_handle_at,
    libc::SYS_fanotify_init,
    libc::SYS_setpriority,
    libc::SYS_sched_setaffinity,
    libc::SYS_sched_setscheduler,
    libc::SYS_ioprio_set,
    // Landlock guards what is in files, not what is said about them.
    libc::SYS_fchmod,
    libc::SYS_fchmodat,
    libc::SYS_fchown,
    libc::SYS_fchownat,
    libc::SYS_utimensat,
    libc::SYS_setxattr,
    libc::SYS_lsetxattr,
    libc::SYS_fsetxattr,
    libc::SYS_removexattr,
    libc::SYS_lremovexattr,
    libc::SYS_fremovexattr,
    libc::SYS_truncate,
    FCHMODAT2,
    SETXATTRAT,
    REMOVEXATTRAT,
    OPEN_TREE_ATTR,
    FILE_SETATTR,
];

// The same numbers on every architecture, and newer than the names of the C library.
const FCHMODAT2: c_long = 452;
const SETXATTRAT: c_long = 463;
const REMOVEXATTRAT: c_long = 466;
const OPEN_TREE_ATTR: c_long = 467;
const FILE_SETATTR: c_long = 469;

/// What there is on this architecture besides.
#[cfg(target_arch = "x86_64")]
const DENIED_HERE: &[c_long] = &[
    libc::SYS_fork,
    libc::SYS_vfork,
    libc::SYS_chmod,
    libc::SYS_chown,
    libc::SYS_lchown,
    libc::SYS_utime,
    libc::SYS_utimes,
    libc::SYS_futimesat,
];
#[cfg(not(target_arch = "x86_64"))]
const DENIED_HERE: &[c_long] = &[];

/// Answered as if the kernel did not know them, so that libraries fall back to what can be looked into.
const UNKNOWN: &[c_long] = &[
    libc::SYS_clone3,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
];

/// What an interpreter needs, and a program to start it.
const INTERPRETER: &[c_long] = &[
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_readv,
    libc::SYS_writev,
    libc::SYS_pread64,
    libc::SYS_pwrite64,
    libc::SYS_close,
    libc::SYS_close_range,
    libc::SYS_openat,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_statfs,
    libc::SYS_fstatfs,
    libc::SYS_lseek,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_readlinkat,
    libc::SYS_getdents64,
    libc::SYS_getcwd,
    libc::SYS_fcntl,
    libc::SYS_ioctl,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_pipe2,
    libc::SYS_eventfd2,
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_ppoll,
    libc::SYS_pselect6,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sigaltstack,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getppid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_getrandom,
    libc::SYS_getrusage,
    libc::SYS_getrlimit,
    libc::SYS_times,
    libc::SYS_uname,
    libc::SYS_sysinfo,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_getcpu,
    libc::SYS_futex,
    libc::SYS_set_tid_address,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_membarrier,
    libc::SYS_restart_syscall,
    libc::SYS_execve,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// What there is on this architecture besides.
#[cfg(target_arch = "x86_64")]
const INTERPRETER_HERE: &[c_long] = &[
    libc::SYS_arch_prctl,
    libc::SYS_open,
    libc::SYS_stat,
    libc::SYS_lstat,
    libc::SYS_access,
    libc::SYS_readlink,
    libc::SYS_dup2,
    libc::SYS_pipe,
    libc::SYS_poll,
    libc::SYS_select,
    libc::SYS_epoll_create,
    libc::SYS_epoll_wait,
    libc::SYS_time,
];
#[cfg(not(target_arch = "x86_64"))]
const INTERPRETER_HERE: &[c_long] = &[];

/// The second set of numbers that a 64-bit kernel may answer to on x86.
#[cfg(target_arch = "x86_64")]
const X32: Option<c_long> = Some(0x4000_0000);
#[cfg(not(target_arch = "x86_64"))]
const X32: Option<c_long> = None;

/// Calls that have a number of their own in that set: to start a program, to trace one, to read its memory.
const X32_ONLY: std::ops::RangeInclusive<c_long> = 512..=547;

type Rules = BTreeMap<c_long, Vec<SeccompRule>>;

/// Says whether filters can be made for this kernel and processor.
pub(super) fn are_filtered_here() -> bool {
    TargetArch::try_from(ARCH).is_ok()
        && std::path::Path::new("/proc/sys/kernel/seccomp/actions_avail").exists()
}

/// Takes system calls from this process and from whatever it becomes.
///
/// Each filter is asked, the newest first, and the strictest answer counts.
pub(super) fn filter(strict: bool) -> Result<(), WallError> {
    let with = |error: i32| SeccompAction::Errno(error.unsigned_abs());
    let unknown = unknown();
    apply(unknown.clone(), SeccompAction::Allow, with(libc::ENOSYS))?;
    apply(denied()?, SeccompAction::Allow, with(libc::EPERM))?;
    if strict {
        let mut allowed = plain(INTERPRETER.iter().chain(INTERPRETER_HERE).copied());
        // The first filter answers these.
        allowed.extend(unknown);
        allowed.extend(conditional(Wanted::Allowed)?);
        apply(allowed, with(libc::EPERM), SeccompAction::Allow)?;
    }
    Ok(())
}

/// What the kernel does not seem to know.
fn unknown() -> Rules {
    let mut unknown = plain(UNKNOWN.iter().copied());
    unknown.extend(twins(&unknown));
    unknown
}

/// What is refused in any case.
fn denied() -> Result<Rules, WallError> {
    let mut denied = plain(DENIED.iter().chain(DENIED_HERE).copied());
    denied.extend(conditional(Wanted::Denied)?);
    denied.extend(twins(&denied));
    denied.extend(plain(X32_ONLY.filter_map(|number| Some(number | X32?))));
    Ok(denied)
}

/// The same rules for the second set of numbers.
fn twins(rules: &Rules) -> Rules {
    rules.iter().filter_map(|(number, rules)| Some((number | X32?, rules.clone()))).collect()
}

/// Which side of a condition is wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Allowed,
    Denied,
}

/// Calls that are harmless with some arguments: a thread but no process, a signal or a limit to itself.
fn conditional(wanted: Wanted) -> Result<Rules, WallError> {
    let this = u64::from(std::process::id());
    let thread = u64::from(libc::CLONE_THREAD.unsigned_abs());
    let flag = |set: bool| {
        let value = if set { thread } else { 0 };
        vec![(SeccompCmpOp::MaskedEq(thread), value)]
    };
    let table = match wanted {
        Wanted::Allowed => [
            (libc::SYS_clone, flag(true)),
            (libc::SYS_tgkill, vec![(SeccompCmpOp::Eq, this)]),
            (libc::SYS_prlimit64, vec![(SeccompCmpOp::Eq, 0)]),
        ],
        Wanted::Denied => [
            (libc::SYS_clone, flag(false)),
            (libc::SYS_tgkill, vec![(SeccompCmpOp::Ne, this)]),
            (libc::SYS_prlimit64, vec![(SeccompCmpOp::Ne, 0)]),
        ],
    };
    let mut rules = Rules::new();
    for (number, conditions) in table {
        let conditions: Result<Vec<_>, _> = conditions
            .into_iter()
            .map(|(op, value)| SeccompCondition::new(0, SeccompCmpArgLen::Qword, op, value))
            .collect();
        let rule = conditions.and_then(SeccompRule::new);
        rules.insert(number, vec![rule.map_err(|error| step("filter system calls", error))?]);
    }
    Ok(rules)
}

/// Rules that hold whatever the arguments are.
fn plain(numbers: impl Iterator<Item = c_long>) -> Rules {
    numbers.map(|number| (number, Vec::new())).collect()
}

fn apply(rules: Rules, otherwise: SeccompAction, matching: SeccompAction) -> Result<(), WallError> {
    let arch = TargetArch::try_from(ARCH).map_err(|error| step("filter system calls", error))?;
    let program: BpfProgram = SeccompFilter::new(rules, otherwise, matching, arch)
        .and_then(TryInto::try_into)
        .map_err(|error| step("filter system calls", error))?;
    apply_filter(&program).map_err(|error| step("filter system calls", error))
}

#[cfg(test)]
mod tests {
    use super::{X32, denied, unknown};

    #[test]
    fn what_is_refused_is_refused_under_its_second_number_too() {
        let Some(x32) = X32 else { return };
        for rules in [unknown(), denied().expect("the rules can be made")] {
            let (second, first): (Vec<i64>, Vec<i64>) =
                rules.keys().partition(|number| *number & x32 != 0);
            assert!(!first.is_empty());
            for number in first {
                assert!(second.contains(&(number | x32)), "{number}");
            }
        }
    }
}
