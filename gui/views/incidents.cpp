#include <QDragEnterEvent>
#include <QFileInfo>
#include <QJsonDocument>
#include <QMimeData>
#include <QUrl>

#include "gui/model/formats.h"
#include "gui/session/cluster.h"
#include "gui/session/playback.h"
#include "gui/views/cluster_view.h"
#include "gui/views/incident_dialog.h"
#include "gui/views/main_window.h"
#include "gui/widgets/message_bar.h"
#include "gui/widgets/notice_button.h"

// Incidents: a part of a recording, for others; and files that are dropped on the window.

namespace meseta::console {

namespace {

QString recordingOf(const QMimeData &data)
{
    const auto urls = data.urls();
    if (urls.size() != 1 || !urls.first().isLocalFile())
        return {};
    const QString path = urls.first().toLocalFile();
    const QString suffix = QFileInfo(path).suffix();
    return suffix == QLatin1String("events") || suffix == QLatin1String("incident") ? path
                                                                                    : QString();
}

IncidentHead headOf(const Playback &playback)
{
    return IncidentHead::fromJson(QJsonDocument::fromJson(playback.file().incidentHead()).object());
}

IncidentHead::Note noteOf(const Cluster::Failover &failover)
{
    QString text = MainWindow::tr("%1 was lost (%2)").arg(failover.from, failover.reason);
    if (failover.found > 0)
        text += MainWindow::tr("; %1 was found after %2")
                    .arg(failover.to, durationText(failover.found - failover.lost));
    if (const auto &told = failover.leadership; told && told->has_registry_seconds())
        text += MainWindow::tr("; registry read %1 after the election")
                    .arg(durationText(told->registry_seconds()));
    if (const auto &told = failover.leadership; told && told->has_all_agents_seconds())
        text += MainWindow::tr("; all agents back %1 after it")
                    .arg(durationText(told->all_agents_seconds()));
    return {failover.lost, text};
}

} // namespace

void MainWindow::saveIncident()
{
    if (!view())
        return;
    Cluster &cluster = view()->cluster();
    cluster.recorder().flush();
    const QString recording =
        cluster.playback() ? cluster.playback()->file().path() : cluster.recorder().path();
    if (recording.isEmpty())
        return view()->messages().show(Tone::Busy,
                                       cluster.recorder().problem().isEmpty()
                                           ? tr("Nothing was recorded yet.")
                                           : cluster.recorder().problem());
    IncidentHead head;
    head.cluster = cluster.name();
    head.until = cluster.playback() ? cluster.playback()->position() : cluster.replica().now();
    for (const NoticeButton::Notice &notice : m_notices->notices())
        head.notes.append({notice.time, notice.text});
    for (const Cluster::Failover &failover : cluster.failovers())
        head.failovers.append(noteOf(failover));
    EventFile::openSoon(recording, this, [this, head](EventFile::Opened opened) {
        if (!opened)
            return tellProblem(QString::fromStdString(opened.error().message));
        auto *dialog = new IncidentDialog(std::move(*opened), head, this);
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        connect(dialog, &IncidentDialog::saved, this, [this](const QString &file) {
            if (view())
                view()->messages().show(Tone::Good, tr("Saved as %1.").arg(file));
        });
        dialog->open();
    });
}

void MainWindow::showIncident()
{
    if (!isIncident())
        return;
    Playback *playback = view()->cluster().playback();
    playback->seek(headOf(*playback).from);
    showIncidentNotes();
}

bool MainWindow::isIncident() const
{
    Playback *playback = view() ? view()->cluster().playback() : nullptr;
    return playback && !playback->file().incidentHead().isEmpty();
}

void MainWindow::showIncidentNotes()
{
    if (!isIncident())
        return;
    auto *notes = new IncidentNotes(headOf(*view()->cluster().playback()), this);
    notes->setAttribute(Qt::WA_DeleteOnClose);
    notes->show();
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (!recordingOf(*event->mimeData()).isEmpty())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent *event)
{
    const QString path = recordingOf(*event->mimeData());
    if (path.isEmpty())
        return;
    event->acceptProposedAction();
    openRecordingSoon(path);
}

} // namespace meseta::console
