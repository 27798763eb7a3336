#include "daemons/agent/containerizer/native/isolators/isolator_rows.h"

namespace meseta::agent::rows {

namespace {

/// Named in `--isolation`, but nothing to do: the containerizer itself tells the usage of a
/// container's processes, and without another isolator they share the host's file system.
class NothingToIsolate final : public Isolator
{
public:
    explicit NothingToIsolate(std::string name) : m_name(std::move(name)) { }
    std::string name() const override { return m_name; }

private:
    std::string m_name;
};

IsolatorRow nothing(const char *name, IsolatorStage stage)
{
    return {name, stage, false,
            [name](const IsolatorContext &) -> Result<std::unique_ptr<Isolator>> {
                return std::make_unique<NothingToIsolate>(name);
            }};
}

} // namespace

std::vector<IsolatorRow> processIsolators()
{
    return {
        nothing("posix/cpu", IsolatorStage::Posix),
        nothing("posix/mem", IsolatorStage::Posix),
    };
}

} // namespace meseta::agent::rows
