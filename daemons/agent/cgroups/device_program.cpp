#include "daemons/agent/cgroups/device_program.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "daemons/containerizer/file_descriptor.h"

namespace meseta::agent {

using containerizer::FileDescriptor;

namespace {

// What the registers hold once the program has read its context.
constexpr std::uint8_t resultRegister = BPF_REG_0;
constexpr std::uint8_t contextRegister = BPF_REG_1;
constexpr std::uint8_t typeRegister = BPF_REG_2;
constexpr std::uint8_t accessRegister = BPF_REG_3;
constexpr std::uint8_t majorRegister = BPF_REG_4;
constexpr std::uint8_t minorRegister = BPF_REG_5;
constexpr std::uint8_t scratchRegister = BPF_REG_6;

bpf_insn instruction(std::uint8_t code, std::uint8_t target, std::uint8_t source,
                     std::int16_t offset, std::int32_t value)
{
    bpf_insn i{};
    i.code = code;
    i.dst_reg = target & 0xf;
    i.src_reg = source & 0xf;
    i.off = offset;
    i.imm = value;
    return i;
}

bpf_insn load(std::uint8_t target, std::int16_t offset)
{
    return instruction(BPF_LDX | BPF_W | BPF_MEM, target, contextRegister, offset, 0);
}

bpf_insn copy(std::uint8_t target, std::uint8_t source)
{
    return instruction(BPF_ALU | BPF_MOV | BPF_X, target, source, 0, 0);
}

bpf_insn set(std::uint8_t target, std::int32_t value)
{
    return instruction(BPF_ALU64 | BPF_MOV | BPF_K, target, 0, 0, value);
}

bpf_insn apply(std::uint8_t operation, std::uint8_t target, std::int32_t value)
{
    return instruction(static_cast<std::uint8_t>(BPF_ALU | operation | BPF_K), target, 0, 0, value);
}

bpf_insn leave()
{
    return instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

std::int32_t accessBits(const DeviceRule &rule)
{
    return (rule.mknod ? BPF_DEVCG_ACC_MKNOD : 0) | (rule.read ? BPF_DEVCG_ACC_READ : 0)
        | (rule.write ? BPF_DEVCG_ACC_WRITE : 0);
}

/// "If it is such a device, and nothing is wanted beyond what the rule gives: yes."
std::vector<bpf_insn> allowance(const DeviceRule &rule)
{
    std::vector<bpf_insn> block;
    std::vector<std::size_t> jumps; // those that leave the block
    const auto unless = [&](std::uint8_t what, std::int32_t value) {
        jumps.push_back(block.size());
        block.push_back(instruction(BPF_JMP | BPF_JNE | BPF_K, what, 0, 0, value));
    };
    if (rule.type != 'a')
        unless(typeRegister, rule.type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR);
    if (rule.major)
        unless(majorRegister, static_cast<std::int32_t>(*rule.major));
    if (rule.minor)
        unless(minorRegister, static_cast<std::int32_t>(*rule.minor));
    block.push_back(copy(scratchRegister, accessRegister));
    block.push_back(apply(BPF_AND, scratchRegister, ~accessBits(rule) & 0x7));
    unless(scratchRegister, 0);
    block.push_back(set(resultRegister, 1));
    block.push_back(leave());
    for (const std::size_t jump : jumps)
        block[jump].off = static_cast<std::int16_t>(block.size() - jump - 1);
    return block;
}

std::vector<bpf_insn> programOf(const std::vector<DeviceRule> &rules)
{
    std::vector<bpf_insn> program{
        load(typeRegister, offsetof(bpf_cgroup_dev_ctx, access_type)),
        load(majorRegister, offsetof(bpf_cgroup_dev_ctx, major)),
        load(minorRegister, offsetof(bpf_cgroup_dev_ctx, minor)),
        copy(accessRegister, typeRegister),
        apply(BPF_RSH, accessRegister, 16),
        apply(BPF_AND, typeRegister, 0xffff),
    };
    for (const DeviceRule &rule : rules) {
        const auto block = allowance(rule);
        program.insert(program.end(), block.begin(), block.end());
    }
    program.push_back(set(resultRegister, 0));
    program.push_back(leave());
    return program;
}

long bpf(int command, bpf_attr &attributes)
{
    return ::syscall(SYS_bpf, command, &attributes, sizeof attributes);
}

Result<FileDescriptor> loadProgram(const std::vector<DeviceRule> &rules)
{
    const auto program = programOf(rules);
    bpf_attr attributes;
    std::memset(&attributes, 0, sizeof attributes);
    attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
    attributes.insns = reinterpret_cast<std::uintptr_t>(program.data());
    attributes.insn_cnt = static_cast<std::uint32_t>(program.size());
    attributes.license = reinterpret_cast<std::uintptr_t>("Apache-2.0");
    FileDescriptor fd(static_cast<int>(bpf(BPF_PROG_LOAD, attributes)));
    if (!fd.valid())
        return fail(std::string("the kernel refuses the program that checks the use of devices: ")
                    + std::strerror(errno)
                    + "; it must have CONFIG_CGROUP_BPF, and the agent CAP_BPF or root");
    return fd;
}

} // namespace

Result<> canUseDevicePrograms()
{
    if (const auto program = loadProgram(defaultDeviceRules()); !program)
        return fail(program.error());
    return {};
}

Result<> attachDeviceProgram(const std::string &group, const std::vector<DeviceRule> &rules)
{
    const auto program = loadProgram(rules);
    if (!program)
        return fail(program.error());
    const FileDescriptor directory(::open(group.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory.valid())
        return fail("cannot open the cgroup " + group + ": " + std::strerror(errno));
    bpf_attr attributes;
    std::memset(&attributes, 0, sizeof attributes);
    attributes.target_fd = static_cast<std::uint32_t>(directory.get());
    attributes.attach_bpf_fd = static_cast<std::uint32_t>(program->get());
    attributes.attach_type = BPF_CGROUP_DEVICE;
    attributes.attach_flags = BPF_F_ALLOW_MULTI;
    if (bpf(BPF_PROG_ATTACH, attributes) != 0)
        return fail("cannot limit the devices of " + group + ": " + std::strerror(errno));
    return {};
}

} // namespace meseta::agent
