#include "gui/views/incident_dialog.h"

#include <QComboBox>
#include <QDateTime>
#include <QDateTimeEdit>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "gui/session/event_file.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

constexpr int all = 0; // instead of the last so many seconds
constexpr int fromTo = -1;

QDateTime momentOf(double seconds)
{
    return QDateTime::fromMSecsSinceEpoch(static_cast<qint64>(seconds * 1000));
}

double secondsOf(const QDateTimeEdit *edit)
{
    return static_cast<double>(edit->dateTime().toMSecsSinceEpoch()) / 1000;
}

QLabel *sentence(const QString &text = {})
{
    auto *label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

template <typename Notes> Notes within(const Notes &notes, double from, double until)
{
    Notes kept;
    for (const auto &note : notes) {
        if (note.time >= from && note.time <= until)
            kept.append(note);
    }
    return kept;
}

} // namespace

IncidentDialog::IncidentDialog(std::unique_ptr<EventFile> recording, const IncidentHead &head,
                               QWidget *parent)
    : QDialog(parent)
    , m_recording(std::move(recording))
    , m_head(head)
    , m_span(new QComboBox)
    , m_moments(nullptr)
    , m_words(new QPlainTextEdit)
    , m_contents(sentence())
    , m_problem(sentence())
    , m_save(nullptr)
{
    setWindowTitle(tr("Save an incident"));
    m_span->addItem(tr("The last 5 minutes"), 300);
    m_span->addItem(tr("The last 15 minutes"), 900);
    m_span->addItem(tr("The last hour"), 3600);
    m_span->addItem(tr("All that is recorded"), all);
    m_span->addItem(tr("From one moment to another"), fromTo);
    m_span->setCurrentIndex(1);
    m_span->setAccessibleName(tr("Which time"));
    m_words->setPlaceholderText(tr("What happened, in your words"));
    m_words->setAccessibleName(tr("What happened"));
    m_words->setTabChangesFocus(true);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(Theme::Large, Theme::Large, Theme::Large, Theme::Medium);
    column->setSpacing(Theme::Medium);
    column->addWidget(
        sentence(tr("One file that anyone with this console can open, without the cluster.")));
    column->addWidget(m_span);
    column->addWidget(m_moments = momentsRow());
    column->addWidget(m_words, 1);
    column->addWidget(m_contents);
    column->addWidget(m_problem);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    buttons->button(QDialogButtonBox::Cancel)->setText(tr("Cancel"));
    m_save = buttons->addButton(tr("&Save…"), QDialogButtonBox::AcceptRole);
    column->addWidget(buttons);
    connect(m_span, &QComboBox::currentIndexChanged, this, &IncidentDialog::describe);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, &IncidentDialog::askForFile);
    resize(static_cast<int>(560 * Theme::fontScale()), static_cast<int>(440 * Theme::fontScale()));
    describe();
}

IncidentDialog::~IncidentDialog() = default;

/// The first and the last moment of what is saved; nothing outside what is recorded can be chosen.
QWidget *IncidentDialog::momentsRow()
{
    const auto whole = incidentExtent(*m_recording, 0, m_head.until);
    const QDateTime first = momentOf(whole ? whole->begin : m_head.until - 3600);
    const QDateTime last = momentOf(m_head.until + 0.999);
    const auto edit = [&](const QString &name, const QString &id, const QDateTime &moment) {
        auto *made = new QDateTimeEdit;
        made->setDisplayFormat(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
        made->setDateTimeRange(first, last);
        made->setDateTime(moment);
        made->setAccessibleName(name);
        made->setObjectName(id);
        connect(made, &QDateTimeEdit::dateTimeChanged, this, &IncidentDialog::describe);
        return made;
    };
    m_from = edit(tr("From"), QStringLiteral("from"), std::max(first, last.addSecs(-300)));
    m_until = edit(tr("Until"), QStringLiteral("until"), last);
    auto *row = new QWidget;
    auto *line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(Theme::Small);
    for (auto [name, made] : {std::pair{tr("&From"), m_from}, std::pair{tr("&until"), m_until}}) {
        auto *label = new QLabel(name);
        label->setBuddy(made);
        line->addWidget(label);
        line->addWidget(made, 1);
    }
    return row;
}

IncidentHead IncidentDialog::chosen() const
{
    IncidentHead head = m_head;
    const int seconds = m_span->currentData().toInt();
    head.from = seconds > all ? m_head.until - seconds : 0;
    if (seconds == fromTo) {
        head.from = secondsOf(m_from);
        head.until = std::min(m_head.until, secondsOf(m_until));
    }
    if (const auto extent = incidentExtent(*m_recording, head.from, head.until))
        head.from = std::max(head.from, extent->begin);
    head.words = m_words->toPlainText();
    head.notes = within(m_head.notes, head.from, head.until);
    head.failovers = within(m_head.failovers, head.from, head.until);
    return head;
}

void IncidentDialog::describe()
{
    const IncidentHead head = chosen();
    m_moments->setVisible(m_span->currentData().toInt() == fromTo);
    if (head.from > head.until) {
        m_save->setEnabled(false);
        return m_contents->setText(tr("It ends before it begins."));
    }
    const auto extent = incidentExtent(*m_recording, head.from, head.until);
    m_save->setEnabled(extent.has_value());
    if (!extent)
        return m_contents->setText(QString::fromStdString(extent.error().message));
    const int notes = static_cast<int>(head.notes.size());
    const int failovers = static_cast<int>(head.failovers.size());
    m_contents->setText(
        tr("In it: the cluster's state and %n event(s)", nullptr, extent->count)
        + tr(", %n note(s) of the console", nullptr, notes)
        + tr(", %n change(s) of the leader", nullptr, failovers)
        + tr(", and your words.\nTaken out: values of environment variables, secrets and "
             "credentials, data of frameworks and tasks, user names and passwords in addresses and "
             "commands. Names of hosts, frameworks, tasks and images stay in."));
}

void IncidentDialog::askForFile()
{
    auto *dialog = new QFileDialog(this, windowTitle(), QString(), tr("Incidents (*.incident)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix(QStringLiteral("incident"));
    connect(dialog, &QFileDialog::fileSelected, this, &IncidentDialog::saveTo);
    dialog->open();
}

void IncidentDialog::saveTo(const QString &file)
{
    setEnabled(false);
    m_problem->setText(tr("Saving…"));
    writeIncidentSoon(
        m_recording->path(), file, chosen(), this, [this, file](const Result<> &written) {
            setEnabled(true);
            if (!written)
                return m_problem->setText(QString::fromStdString(written.error().message));
            Q_EMIT saved(file);
            accept();
        });
}

IncidentNotes::IncidentNotes(const IncidentHead &head, QWidget *parent) : QDialog(parent)
{
    setWindowTitle(tr("About this incident"));
    auto *text = new QPlainTextEdit(head.text());
    text->setReadOnly(true);
    text->setAccessibleName(windowTitle());
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    buttons->button(QDialogButtonBox::Close)->setText(tr("Close"));
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(Theme::Large, Theme::Large, Theme::Large, Theme::Medium);
    column->setSpacing(Theme::Medium);
    column->addWidget(text);
    column->addWidget(buttons);
    resize(620, 360);
}

} // namespace meseta::console
