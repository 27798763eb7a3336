#include "daemons/agent/containerizer/native/isolators/seccomp_profile.h"

#include <cerrno>
#include <cstring>
#include <memory>

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <seccomp.h>
#include <sys/mman.h>

#include "daemons/agent/containerizer/native/isolators/capability_names.h"
#include "daemons/containerizer/file_descriptor.h"

namespace meseta::agent {

namespace {

using namespace Qt::StringLiterals;

constexpr qint64 maxProfileBytes = 4 << 20;

std::string quoted(const QString &text)
{
    return "'" + text.toStdString() + "'";
}

Result<std::uint32_t> actionOf(const QString &name)
{
    const QHash<QString, std::uint32_t> actions = {
        {u"SCMP_ACT_KILL"_s, SCMP_ACT_KILL},
        {u"SCMP_ACT_KILL_PROCESS"_s, SCMP_ACT_KILL_PROCESS},
        {u"SCMP_ACT_TRAP"_s, SCMP_ACT_TRAP},
        {u"SCMP_ACT_ERRNO"_s, SCMP_ACT_ERRNO(EPERM)},
        {u"SCMP_ACT_TRACE"_s, SCMP_ACT_TRACE(EPERM)},
        {u"SCMP_ACT_LOG"_s, SCMP_ACT_LOG},
        {u"SCMP_ACT_ALLOW"_s, SCMP_ACT_ALLOW},
    };
    const auto found = actions.find(name);
    if (found == actions.end())
        return fail(quoted(name) + " is no action, like SCMP_ACT_ALLOW or SCMP_ACT_ERRNO");
    return *found;
}

Result<int> comparisonOf(const QString &name)
{
    const QHash<QString, int> comparisons = {
        {u"SCMP_CMP_NE"_s, SCMP_CMP_NE},
        {u"SCMP_CMP_LT"_s, SCMP_CMP_LT},
        {u"SCMP_CMP_LE"_s, SCMP_CMP_LE},
        {u"SCMP_CMP_EQ"_s, SCMP_CMP_EQ},
        {u"SCMP_CMP_GE"_s, SCMP_CMP_GE},
        {u"SCMP_CMP_GT"_s, SCMP_CMP_GT},
        {u"SCMP_CMP_MASKED_EQ"_s, SCMP_CMP_MASKED_EQ},
    };
    const auto found = comparisons.find(name);
    if (found == comparisons.end())
        return fail(quoted(name) + " is no comparison, like SCMP_CMP_EQ");
    return *found;
}

/// Docker's name of the architecture this program runs on.
QString nativeName()
{
    switch (seccomp_arch_native()) {
    case SCMP_ARCH_X86_64:
        return u"amd64"_s;
    case SCMP_ARCH_X86:
        return u"x86"_s;
    case SCMP_ARCH_AARCH64:
        return u"arm64"_s;
    case SCMP_ARCH_ARM:
        return u"arm"_s;
    case SCMP_ARCH_PPC64LE:
        return u"ppc64le"_s;
    case SCMP_ARCH_S390X:
        return u"s390x"_s;
    case SCMP_ARCH_RISCV64:
        return u"riscv64"_s;
    default:
        return {};
    }
}

std::uint32_t architecture(const QString &name)
{
    const QByteArray token = QByteArray(name.toLatin1()).replace("SCMP_ARCH_", "").toLower();
    return seccomp_arch_resolve_name(token.constData());
}

Result<std::uint64_t> capabilities(const QJsonValue &list)
{
    std::uint64_t bits = 0;
    for (const QJsonValue &item : list.toArray()) {
        const auto number = capabilityNumber(item.toString().toStdString());
        if (!number)
            return fail(quoted(item.toString()) + " is no capability, like CAP_SYS_ADMIN");
        bits |= std::uint64_t(1) << *number;
    }
    return bits;
}

} // namespace

/// Reads the JSON into a profile.
class SeccompProfileReader
{
public:
    Result<SeccompProfile> read(const QJsonObject &object)
    {
        const auto action = actionOf(object.value(u"defaultAction").toString());
        if (!action)
            return fail(action.error().within("defaultAction"));
        m_profile.m_defaultAction = *action;
        if (auto read = readArchitectures(object.value(u"archMap")); !read)
            return fail(read.error().within("archMap"));
        if (!object.value(u"syscalls").isArray())
            return fail("syscalls is no list");
        const QJsonArray rules = object.value(u"syscalls").toArray();
        for (qsizetype i = 0; i < rules.size(); ++i) {
            if (auto read = readRule(rules[i].toObject()); !read)
                return fail(read.error().within("syscalls[" + std::to_string(i) + "]"));
        }
        return std::move(m_profile);
    }

private:
    Result<> readArchitectures(const QJsonValue &map)
    {
        if (!map.isArray())
            return fail("it is no list of {architecture, subArchitectures}");
        for (const QJsonValue &item : map.toArray()) {
            const QString name = item[u"architecture"].toString();
            const auto token = architecture(name);
            if (token == 0 && !name.startsWith(u"SCMP_ARCH_"))
                return fail(quoted(name) + " is no architecture, like SCMP_ARCH_X86_64");
            if (token != seccomp_arch_native())
                continue;
            for (const QJsonValue &sub : item[u"subArchitectures"].toArray()) {
                if (const auto other = architecture(sub.toString()))
                    m_profile.m_architectures.push_back(other);
            }
        }
        return {};
    }

    Result<> readRule(const QJsonObject &object)
    {
        for (const char *key : {"names", "action", "args", "includes", "excludes"}) {
            if (!object.contains(QLatin1String(key)))
                return fail(std::string("it has no '") + key + "'");
        }
        SeccompProfile::Rule rule;
        const auto action = actionOf(object.value(u"action").toString());
        if (!action)
            return fail(action.error());
        rule.action = *action;
        if (*action == SCMP_ACT_ERRNO(EPERM) && object.contains(u"errnoRet"))
            rule.action =
                SCMP_ACT_ERRNO(static_cast<unsigned>(object.value(u"errnoRet").toInt()) & 0xfff);
        if (auto read = readConditions(object.value(u"args").toArray(), rule); !read)
            return read;
        const QJsonObject includes = object.value(u"includes").toObject();
        const QJsonObject excludes = object.value(u"excludes").toObject();
        const auto needs = capabilities(includes.value(u"caps"));
        const auto excluded = capabilities(excludes.value(u"caps"));
        if (!needs || !excluded)
            return fail(needs ? excluded.error() : needs.error());
        rule.needs = *needs;
        rule.excludes = *excluded;
        const QJsonArray only = includes.value(u"arches").toArray();
        if ((!only.isEmpty() && !only.contains(nativeName()))
            || excludes.value(u"arches").toArray().contains(nativeName()))
            return {};
        if (auto read = readNames(object.value(u"names").toArray(), rule); !read)
            return read;
        m_profile.m_rules.push_back(std::move(rule));
        return {};
    }

    static Result<> readNames(const QJsonArray &names, SeccompProfile::Rule &rule)
    {
        if (names.isEmpty())
            return fail("its list of names is empty");
        for (const QJsonValue &name : names) {
            const int number = seccomp_syscall_resolve_name(name.toString().toLatin1().constData());
            if (number == __NR_SCMP_ERROR)
                return fail(quoted(name.toString()) + " is no system call");
            rule.calls.push_back(number);
        }
        return {};
    }

    static Result<> readConditions(const QJsonArray &conditions, SeccompProfile::Rule &rule)
    {
        for (const QJsonValue &item : conditions) {
            const auto comparison = comparisonOf(item[u"op"].toString());
            if (!comparison)
                return fail(comparison.error());
            SeccompProfile::Condition condition;
            condition.index = static_cast<unsigned>(item[u"index"].toInt());
            if (condition.index > 5)
                return fail("a system call has no argument number "
                            + std::to_string(condition.index));
            condition.comparison = *comparison;
            condition.value = item[u"value"].toVariant().toULongLong();
            condition.valueTwo = item[u"valueTwo"].toVariant().toULongLong();
            rule.conditions.push_back(condition);
        }
        return {};
    }

    SeccompProfile m_profile;
};

Result<SeccompProfile> SeccompProfile::parse(const std::string &json)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(QByteArray::fromStdString(json), &error);
    if (!document.isObject())
        return fail("it is no JSON object: " + error.errorString().toStdString());
    return SeccompProfileReader().read(document.object());
}

Result<SeccompProfile> SeccompProfile::read(const std::string &path)
{
    QFile file(QString::fromStdString(path));
    if (!file.open(QIODevice::ReadOnly))
        return fail("cannot read the seccomp profile " + path + ": "
                    + file.errorString().toStdString());
    auto profile = parse(file.read(maxProfileBytes).toStdString());
    if (!profile)
        return fail(profile.error().within("the seccomp profile " + path));
    return profile;
}

Result<std::string> SeccompProfile::compile(std::uint64_t capabilities) const
{
    const std::unique_ptr<void, void (*)(scmp_filter_ctx)> context(seccomp_init(m_defaultAction),
                                                                   seccomp_release);
    if (!context)
        return fail("cannot make a seccomp filter");
    for (const std::uint32_t other : m_architectures)
        seccomp_arch_add(context.get(), other);
    seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2); // a tree rather than a list
    for (const Rule &rule : m_rules) {
        if ((rule.needs & ~capabilities) != 0 || (rule.excludes & capabilities) != 0
            || rule.action == m_defaultAction)
            continue;
        std::vector<scmp_arg_cmp> conditions;
        for (const Condition &c : rule.conditions)
            conditions.push_back(
                {c.index, static_cast<scmp_compare>(c.comparison), c.value, c.valueTwo});
        for (const int call : rule.calls) {
            const int result =
                seccomp_rule_add_array(context.get(), rule.action, call,
                                       static_cast<unsigned>(conditions.size()), conditions.data());
            if (result != 0 && result != -EEXIST && result != -EDOM)
                return fail("cannot add a rule for system call " + std::to_string(call) + ": "
                            + std::strerror(-result));
        }
    }
    const containerizer::FileDescriptor file(::memfd_create("filter", MFD_CLOEXEC));
    if (!file.valid() || seccomp_export_bpf(context.get(), file.get()) != 0)
        return fail("cannot compile a seccomp filter");
    std::string program(static_cast<std::size_t>(::lseek(file.get(), 0, SEEK_END)), '\0');
    if (::pread(file.get(), program.data(), program.size(), 0)
        != static_cast<ssize_t>(program.size()))
        return fail(std::string("cannot read a seccomp filter: ") + std::strerror(errno));
    return program;
}

} // namespace meseta::agent
