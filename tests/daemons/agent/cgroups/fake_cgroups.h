#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include <QTemporaryDir>

#include "daemons/agent/cgroups/cgroup_files.h"
#include "daemons/agent/cgroups/cgroup_layout.h"

namespace meseta::agent {

/// A tree of cgroups made of ordinary files: does what a kernel does by itself when groups are
/// made, removed and given controllers. For layouts that the machine of the test does not have.
class FakeCgroups final : public CgroupFiles
{
public:
    static constexpr const char *allUnified = "cpuset cpu io memory hugetlb pids";

    FakeCgroups() : m_root(m_folder.path().toStdString() + "/cgroup")
    {
        std::filesystem::create_directories(m_root);
    }

    std::string root() const { return m_root; }

    /// Mounts a version 1 tree ("cpu,cpuacct") or, with `unified`, the version 2 tree.
    std::string mountV1(const std::string &controllers)
    {
        const std::string path = m_root + "/" + controllers;
        fillV1(path, controllers);
        m_v1[path] = controllers;
        m_mounts += "36 31 0:30 / " + path + " rw,relatime shared:9 - cgroup cgroup rw,"
            + controllers + "\n";
        return path;
    }
    std::string mountV2(const std::string &below = "", const std::string &controllers = allUnified)
    {
        m_unified = m_root + below;
        std::filesystem::create_directories(m_unified);
        put(m_unified + "/cgroup.controllers", controllers);
        put(m_unified + "/cgroup.subtree_control", "");
        put(m_unified + "/cgroup.procs", "");
        m_mounts += "41 31 0:38 / " + m_unified + " rw,relatime - cgroup2 cgroup2 rw\n";
        return m_unified;
    }

    CgroupPlaces places()
    {
        const std::string file = m_folder.path().toStdString() + "/mountinfo";
        put(file, "22 1 254:1 / / rw,relatime - ext4 /dev/root rw\n" + m_mounts);
        return {m_root, file};
    }

    Result<> make(const std::string &group) override
    {
        const bool isNew = !exists(group);
        if (const Result<> made = CgroupFiles::make(group); !made || !isNew)
            return made;
        for (const auto &[path, controllers] : m_v1)
            if (group.starts_with(path + "/"))
                fillV1(group, controllers);
        if (!m_unified.empty() && group.starts_with(m_unified + "/"))
            fillV2(group);
        return {};
    }
    Result<bool> remove(const std::string &group) override
    {
        if (!children(group).empty() || (exists(group) && text(group + "/cgroup.procs") != ""))
            return false;
        std::filesystem::remove_all(group);
        return true;
    }
    Result<> write(const std::string &file, std::string_view text) override
    {
        writes.push_back(file.substr(m_root.size()) + " = " + std::string(text));
        if (file.ends_with("/cgroup.subtree_control") && text.starts_with("+"))
            return CgroupFiles::write(file, this->text(file) + std::string(text.substr(1)) + " ");
        return CgroupFiles::write(file, text);
    }
    std::string owner(const std::string &group) const override
    {
        const auto found = m_owners.find(group);
        return found == m_owners.end() ? std::string() : found->second;
    }
    Result<> setOwner(const std::string &group, const std::string &owner) override
    {
        m_owners[group] = owner;
        return {};
    }

    std::string text(const std::string &file) const { return read(file).value_or("(none)"); }
    static void put(const std::string &file, const std::string &text)
    {
        std::ofstream(file, std::ios::trunc) << text;
    }

    std::vector<std::string> writes; ///< "/memory/mesos/a/memory.limit_in_bytes = 1"

private:
    void fillV1(const std::string &group, const std::string &controllers)
    {
        static const std::map<std::string, std::map<std::string, std::string>> files{
            {"cpu",
             {{"cpu.shares", "1024"},
              {"cpu.cfs_period_us", "100000"},
              {"cpu.cfs_quota_us", "-1"},
              {"cpu.stat", "nr_periods 0\n"}}},
            {"cpuacct", {{"cpuacct.stat", "user 0\nsystem 0\n"}}},
            {"cpuset", {{"cpuset.cpus", "\n"}, {"cpuset.mems", "\n"}}},
            {"freezer", {{"freezer.state", "THAWED\n"}}},
            {"memory",
             {{"memory.limit_in_bytes", "9223372036854771712\n"},
              {"memory.soft_limit_in_bytes", "9223372036854771712\n"},
              {"memory.memsw.limit_in_bytes", "9223372036854771712\n"},
              {"memory.usage_in_bytes", "0\n"},
              {"memory.stat", ""}}},
            {"pids", {{"pids.max", "max\n"}, {"pids.current", "0\n"}}},
        };
        std::filesystem::create_directories(group);
        put(group + "/cgroup.procs", "");
        std::istringstream words(controllers);
        for (std::string controller; std::getline(words, controller, ',');)
            if (const auto found = files.find(controller); found != files.end())
                for (const auto &[name, content] : found->second)
                    put(group + "/" + name, content);
    }
    /// The files of the controllers that the group above hands down.
    void fillV2(const std::string &group)
    {
        static const std::map<std::string, std::map<std::string, std::string>> files{
            {"cpu", {{"cpu.weight", "100\n"}, {"cpu.max", "max 100000\n"}, {"cpu.stat", ""}}},
            {"memory",
             {{"memory.low", "0\n"},
              {"memory.max", "max\n"},
              {"memory.swap.max", "max\n"},
              {"memory.current", "0\n"},
              {"memory.peak", "0\n"},
              {"memory.stat", ""},
              {"memory.events", "low 0\nhigh 0\nmax 0\noom 0\noom_kill 0\n"}}},
            {"pids", {{"pids.max", "max\n"}, {"pids.current", "0\n"}}},
            {"io", {{"io.stat", ""}}},
        };
        put(group + "/cgroup.procs", "");
        put(group + "/cgroup.kill", "");
        put(group + "/cgroup.subtree_control", "");
        std::istringstream handed(
            text(std::filesystem::path(group).parent_path().string() + "/cgroup.subtree_control"));
        for (std::string controller; handed >> controller;)
            if (const auto found = files.find(controller); found != files.end())
                for (const auto &[name, content] : found->second)
                    put(group + "/" + name, content);
    }

    QTemporaryDir m_folder;
    std::string m_root;
    std::string m_unified;
    std::string m_mounts;
    std::map<std::string, std::string> m_v1; ///< path, controllers
    std::map<std::string, std::string> m_owners;
};

} // namespace meseta::agent
