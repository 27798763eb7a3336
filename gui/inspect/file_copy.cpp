#include "gui/inspect/file_copy.h"

namespace meseta::console {

namespace {

constexpr qint64 partBytes = 1024 * 1024;

} // namespace

FileCopy::FileCopy(const QString &agent, const QString &path, const QString &target,
                   QObject *parent)
    : QObject(parent), m_path(path), m_target(target)
{
    m_reader.setAgent(agent);
}

void FileCopy::start()
{
    if (!m_target.open(QIODevice::WriteOnly))
        return give(tr("%1 cannot be written: %2").arg(target(), m_target.errorString()));
    copyOn();
}

void FileCopy::copyOn()
{
    const qint64 wanted = m_all < 0 ? partBytes : std::min(partBytes, m_all - m_done);
    m_reader.read(m_path, m_done, wanted, [this](Result<FileReader::Part> part) {
        if (!part)
            return give(QString::fromStdString(part.error().message));
        if (m_all < 0)
            m_all = part->fileSize;
        const QByteArray bytes = part->bytes.left(m_all - m_done);
        if (m_target.write(bytes) != bytes.size())
            return give(tr("%1 cannot be written: %2").arg(target(), m_target.errorString()));
        m_done += bytes.size();
        Q_EMIT progress(m_done, m_all);
        if (!bytes.isEmpty() && m_done < m_all)
            return copyOn();
        m_target.close();
        Q_EMIT finished();
    });
}

void FileCopy::give(const QString &problem)
{
    m_target.close();
    Q_EMIT failed(problem);
}

} // namespace meseta::console
