#pragma once

#include <QTemporaryDir>
#include <QTest>

#include "daemons/agent/containerizer/native/isolator_table.h"
#include "daemons/agent/flags/agent_flags.h"

namespace meseta::agent {

/// What isolators are made from, and containers for them.
struct IsolatorFixture
{
    QTemporaryDir folder;
    FlagValues flags;
    IsolatorContext context;

    explicit IsolatorFixture(std::vector<std::string> arguments = {})
        : flags(load(std::move(arguments)))
        , context{.flags = flags,
                  .workDir = path("data"),
                  .runtimeDir = path("run"),
                  .linuxLauncher = true,
                  .root = true}
    {
        for (const char *name : {"data", "run", "sandbox"})
            QDir(folder.path()).mkpath(QString::fromLatin1(name));
    }

    std::string path(const char *name) const
    {
        return folder.filePath(QString::fromLatin1(name)).toStdString();
    }

    /// The isolator of a row.
    Result<std::unique_ptr<Isolator>> make(const std::string &name) const
    {
        for (const IsolatorRow &row : isolatorTable())
            if (row.name == name)
                return row.make(context);
        return fail("no isolator is called " + name);
    }

    /// A task's container with its sandbox; what it asks for is to be filled in.
    IsolatedContainer container(const std::string &id) const
    {
        IsolatedContainer c;
        c.spec.containerId = id;
        c.spec.taskId = "task";
        c.spec.sandbox = path("sandbox");
        c.spec.cpus = 1;
        c.spec.memBytes = 64.0 * 1024 * 1024;
        c.runtimeDirectory = path("run");
        return c;
    }

    static FlagValues load(std::vector<std::string> arguments)
    {
        arguments.push_back("--master=127.0.0.1:5050");
        arguments.push_back("--work_dir=/nonexistent");
        FlagTable table = agentFlagTable();
        for (FlagRow &row : table.rows)
            if (row.name == "isolation")
                row.check = {}; // what is wrong with it is asked of the isolators themselves
        auto values = loadFlags(table, arguments, {});
        if (!values)
            qFatal("%s", values.error().message.c_str());
        return *values;
    }
};

/// The answer of a step, waited for.
template <typename Step> Result<> answerOf(Step step)
{
    std::optional<Result<>> answer;
    step([&answer](Result<> result) { answer = std::move(result); });
    [&] { QTRY_VERIFY_WITH_TIMEOUT(answer.has_value(), 30'000); }();
    return answer.value_or(fail("no answer"));
}

inline Result<> prepare(Isolator &isolator, const IsolatedContainer &container,
                        containerizer::LaunchSpec &launch)
{
    return answerOf([&](Done done) { isolator.prepare(container, launch, std::move(done)); });
}

inline Result<> cleanUp(Isolator &isolator, const IsolatedContainer &container)
{
    return answerOf([&](Done done) { isolator.cleanup(container, std::move(done)); });
}

inline Result<> update(Isolator &isolator, const IsolatedContainer &container,
                       const ContainerResources &resources)
{
    return answerOf([&](Done done) { isolator.update(container, resources, std::move(done)); });
}

inline Result<> recover(Isolator &isolator, const std::vector<const IsolatedContainer *> &running,
                        const std::vector<std::string> &over = {})
{
    return answerOf([&](Done done) { isolator.recover(running, over, std::move(done)); });
}

} // namespace meseta::agent
