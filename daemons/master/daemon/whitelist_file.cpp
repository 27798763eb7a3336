#include "daemons/master/daemon/whitelist_file.h"

#include <QFile>

namespace meseta::master {

namespace {
constexpr qint64 MaxBytes = 16 * 1024 * 1024;
}

WhitelistFile::WhitelistFile(std::string path, Clock &clock, Changed changed)
    : m_path(std::move(path)), m_clock(clock), m_changed(std::move(changed))
{
    if (m_path != "*")
        read();
}

WhitelistFile::~WhitelistFile()
{
    m_clock.cancel(m_timer);
}

void WhitelistFile::read()
{
    m_timer = m_clock.after(interval, [this] { read(); });
    QFile file(QString::fromStdString(m_path));
    if (!file.open(QIODevice::ReadOnly)) {
        qWarning("Cannot read the --whitelist file '%s': %s; the hosts known before stay",
                 m_path.c_str(), qUtf8Printable(file.errorString()));
        return;
    }
    std::set<std::string> hosts;
    for (const QByteArray &line : file.read(MaxBytes).split('\n')) {
        if (const QByteArray host = line.trimmed(); !host.isEmpty())
            hosts.insert(host.toStdString());
    }
    if (m_known == hosts)
        return;
    m_known = std::move(hosts);
    m_changed(m_known);
}

} // namespace meseta::master
