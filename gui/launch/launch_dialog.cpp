#include "gui/launch/launch_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QInputDialog>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "gui/launch/launch_fit.h"
#include "gui/launch/launch_task.h"
#include "gui/launch/presets.h"
#include "gui/launch/request_form.h"
#include "gui/model/formats.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

QLabel *wrappedLabel()
{
    auto *label = new QLabel;
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

void tint(QLabel *label, const QColor &color)
{
    QPalette palette = label->palette();
    palette.setColor(QPalette::WindowText, color);
    label->setPalette(palette);
}

} // namespace

LaunchDialog::LaunchDialog(const Replica &replica, QWidget *parent)
    : QDialog(parent)
    , m_replica(replica)
    , m_services{ImportedLaunch{}}
    , m_pages(new QStackedWidget)
    , m_form(new RequestForm(replica))
    , m_review(new QPushButton(tr("Review…")))
    , m_launch(new QPushButton(tr("Launch")))
{
    setWindowTitle(tr("Launch containers"));
    auto *column = new QVBoxLayout(this);
    column->setSpacing(Theme::Small);
    column->addWidget(topRow());
    m_pages->addWidget(editors());
    m_pages->addWidget(reviewPage());
    column->addWidget(m_pages, 1);
    column->addWidget(m_notes = wrappedLabel());
    column->addWidget(m_fit = wrappedLabel());
    column->addWidget(m_problem = wrappedLabel());
    column->addWidget(bottomRow());
    m_problem->setMinimumHeight(fontMetrics().lineSpacing());
    connect(m_form, &RequestForm::changed, this, [this] {
        m_touched = true;
        formChanged();
    });
    connect(m_json, &QPlainTextEdit::textChanged, this, [this] {
        m_touched = true;
        jsonChanged();
    });
    setRequest({});
    const int em = fontMetrics().height();
    resize(std::max(860, em * 52), std::max(600, em * 34));
    m_form->setFocus();
}

QWidget *LaunchDialog::topRow()
{
    auto *row = new QWidget;
    auto *line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->addWidget(m_paste = new QLineEdit, 1);
    m_paste->setPlaceholderText(tr("Paste an image, a \"docker run\" line or a Compose file here"));
    m_paste->setClearButtonEnabled(true);
    m_paste->setAccessibleName(tr("Paste"));
    m_paste->setMaxLength(1 << 20);
    m_paste->installEventFilter(this);
    connect(m_paste, &QLineEdit::textChanged, this, [this](const QString &text) {
        // What comes at once was pasted: it is read at once. What is typed is read with Return.
        const bool pasted = text.size() > m_pastedBefore + 1;
        m_pastedBefore = text.size();
        if (pasted && text.contains(QLatin1Char(' ')))
            readPasted();
    });
    line->addWidget(m_choice = new QComboBox);
    m_choice->setAccessibleName(tr("Service"));
    connect(m_choice, &QComboBox::activated, this, &LaunchDialog::showService);
    auto *presets = new QToolButton;
    presets->setText(tr("Presets"));
    presets->setPopupMode(QToolButton::InstantPopup);
    presets->setMenu(m_presets = new QMenu(presets));
    connect(m_presets, &QMenu::aboutToShow, this, &LaunchDialog::fillPresets);
    line->addWidget(presets);
    return row;
}

QWidget *LaunchDialog::editors()
{
    auto *splitter = new QSplitter;
    splitter->setChildrenCollapsible(false);
    splitter->addWidget(m_form);
    splitter->addWidget(m_json = new QPlainTextEdit);
    m_json->setFont(Theme::fixedFont());
    m_json->setLineWrapMode(QPlainTextEdit::NoWrap);
    m_json->setAccessibleName(tr("The task as JSON"));
    m_json->setMinimumWidth(std::max(280, fontMetrics().height() * 15));
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 2);
    return splitter;
}

QWidget *LaunchDialog::reviewPage()
{
    m_call = new QPlainTextEdit;
    m_call->setReadOnly(true);
    m_call->setFont(Theme::fixedFont());
    m_call->setAccessibleName(tr("The call as it will be sent"));
    return m_call;
}

QWidget *LaunchDialog::bottomRow()
{
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_showJson = new QCheckBox(tr("Show the &JSON"));
    m_showJson->setChecked(true);
    connect(m_showJson, &QCheckBox::toggled, m_json, &QWidget::setVisible);
    buttons->addButton(m_review, QDialogButtonBox::ActionRole);
    buttons->addButton(m_launch, QDialogButtonBox::AcceptRole);
    m_launch->setObjectName(QStringLiteral("launch"));
    m_review->setObjectName(QStringLiteral("review"));
    m_launch->setDefault(true);
    m_launch->setProperty("primary", true);
    m_review->setAutoDefault(false);
    connect(m_review, &QPushButton::clicked, this, &LaunchDialog::review);
    connect(buttons, &QDialogButtonBox::accepted, this, &LaunchDialog::launchAll);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto *row = new QWidget;
    auto *line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->addWidget(m_showJson);
    line->addWidget(buttons, 1);
    return row;
}

LaunchRequest LaunchDialog::request() const
{
    return m_form->request();
}

void LaunchDialog::setRequest(const LaunchRequest &request)
{
    DropPayload payload;
    payload.kind = DropPayload::Kind::Image;
    payload.launches = {ImportedLaunch{request, {}}};
    setPayload(payload, request.agentId);
}

void LaunchDialog::setPayload(const DropPayload &payload, const QString &agentId)
{
    if (payload.launches.isEmpty())
        return showPasteProblem(payload.problem);
    m_services = payload.launches;
    m_choice->clear();
    for (auto &service : m_services) {
        if (!agentId.isEmpty())
            service.request.agentId = agentId;
        m_choice->addItem(service.request.name.isEmpty() ? service.request.image
                                                         : service.request.name);
    }
    m_choice->setVisible(m_services.size() > 1);
    m_launch->setText(m_services.size() > 1
                          ? tr("Launch %n service(s)", nullptr, static_cast<int>(m_services.size()))
                          : tr("Launch"));
    m_shown = -1;
    showService(0);
}

void LaunchDialog::setOffer(const QString &offerId)
{
    if (const OfferRow *offer = m_replica.offers().find(offerId)) {
        m_form->setOffer(*offer);
        check();
    }
}

void LaunchDialog::readPasted()
{
    const DropPayload payload = readDropText(m_paste->text());
    if (payload.launches.isEmpty())
        return showPasteProblem(payload.problem);
    setPayload(payload, request().agentId);
    m_paste->clear();
}

/// Return in the line for pasting reads that line; it launches nothing.
bool LaunchDialog::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_paste && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            if (!m_paste->text().trimmed().isEmpty())
                readPasted();
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

void LaunchDialog::showService(int index)
{
    if (m_shown >= 0)
        m_services[m_shown].request = request();
    m_shown = index;
    const ImportedLaunch &service = m_services[index];
    m_form->setRequest(service.request);
    m_notes->setText(service.notes.join(QLatin1Char('\n')));
    m_notes->setVisible(!service.notes.isEmpty());
    tint(m_notes, Theme::tone(Tone::Busy));
    formChanged();
}

void LaunchDialog::formChanged()
{
    const QSignalBlocker quiet(m_json);
    m_json->setPlainText(templateJson(request()));
    check();
}

void LaunchDialog::jsonChanged()
{
    const auto read = requestOfJson(m_json->toPlainText(), request());
    if (!read) {
        m_problemFound = LaunchRequest::Problem{
            QString(), tr("JSON: %1").arg(QString::fromStdString(read.error().message))};
        m_launch->setEnabled(false);
        m_review->setEnabled(false);
        return showProblem(m_problemFound->text);
    }
    m_form->setRequest(*read);
    check();
}

void LaunchDialog::check()
{
    m_problemFound = m_form->problem();
    if (!m_problemFound)
        m_problemFound = request().problem();
    showProblem(m_problemFound ? m_problemFound->text : QString());
    m_launch->setEnabled(!m_problemFound);
    m_review->setEnabled(!m_problemFound);
    m_fit->setText(m_problemFound ? QString() : fitText());
    tint(m_fit, Theme::muted());
}

QString LaunchDialog::offerFitText(const OfferRow &offer) const
{
    const Fit found = fit(request(), placeOf(offer, m_replica.agents().find(offer.agentId)));
    const QString held = listText(
        {tr("%1 CPUs").arg(amountText(offer.resources.cpus)), memoryText(offer.resources.memory)});
    return found.verdict == Fit::Verdict::Now
        ? tr("Fits into the offer of %1 by %2").arg(held, offer.hostname)
        : tr("More than the offer of %1 by %2 holds; it will wait for a larger one (%3)")
              .arg(held, offer.hostname, listText(found.reasons));
}

QString LaunchDialog::fitText() const
{
    if (const OfferRow *offer = m_form->offer())
        return offerFitText(*offer);
    int now = 0;
    int later = 0;
    QString reason;
    const LaunchRequest wanted = request();
    const auto &agents = m_replica.agents();
    for (int slot = 0; slot < agents.slotCount(); ++slot) {
        if (!agents.isLive(slot))
            continue;
        const Fit found = fit(wanted, placeOf(agents.at(slot)));
        now += found.verdict == Fit::Verdict::Now ? 1 : 0;
        later += found.verdict == Fit::Verdict::Later ? 1 : 0;
        const bool asked = wanted.agentId.isEmpty() || wanted.agentId == agents.at(slot).id;
        if (asked && reason.isEmpty() && !found.reasons.isEmpty())
            reason = found.reasons.first();
    }
    if (now > 0)
        return tr("Fits on %n agent(s) now", nullptr, now);
    if (later > 0)
        return tr("Fits nowhere now; it will wait for room (%1)").arg(reason);
    return reason.isEmpty() ? tr("There is no agent yet; it will wait for one")
                            : tr("Fits on no agent: %1").arg(reason);
}

void LaunchDialog::showProblem(const QString &text)
{
    m_problem->setText(text);
    // An empty form is no mistake yet: it only says what comes first.
    const bool fresh = !m_touched && request().image.isEmpty();
    tint(m_problem, fresh ? Theme::muted() : Theme::tone(Tone::Bad));
}

void LaunchDialog::showPasteProblem(const QString &text)
{
    m_touched = true;
    showProblem(text);
}

void LaunchDialog::review()
{
    if (m_pages->currentIndex() == 1) {
        m_pages->setCurrentIndex(0);
        m_review->setText(tr("Review…"));
        m_showJson->show();
        return;
    }
    m_services[m_shown].request = request();
    QStringList calls;
    for (const auto &service : std::as_const(m_services)) {
        const LaunchRequest &wanted = service.request;
        QString call;
        if (wanted.reserve)
            call = tr("Resources that are not reserved for %1 yet are reserved first, and stay so "
                      "when the task has ended.")
                       .arg(wanted.role)
                + QLatin1Char('\n');
        call += tr("%n time(s), each on an offer that fits; the task and agent ids and the host "
                   "ports come with it:",
                   nullptr, wanted.instances)
            + (wanted.reserve
                   ? QStringLiteral("\n\nPOST /api/v1/scheduler  ACCEPT, RESERVE, LAUNCH\n")
                   : QStringLiteral("\n\nPOST /api/v1/scheduler  ACCEPT, LAUNCH\n"))
            + templateJson(wanted);
        calls << call;
    }
    m_call->setPlainText(calls.join(QStringLiteral("\n\n")));
    m_pages->setCurrentIndex(1);
    m_review->setText(tr("Back"));
    m_showJson->hide(); // all of it is shown
}

void LaunchDialog::launchAll()
{
    m_services[m_shown].request = request();
    for (int i = 0; i < m_services.size(); ++i) {
        if (const auto problem = m_services[i].request.problem()) {
            m_pages->setCurrentIndex(0);
            m_choice->setCurrentIndex(i);
            showService(i);
            m_form->showField(problem->field);
            return;
        }
    }
    for (const auto &service : std::as_const(m_services))
        Q_EMIT launchRequested(service.request);
    accept();
}

void LaunchDialog::fillPresets()
{
    m_presets->clear();
    const QStringList names = Presets::names();
    for (const QString &name : names) {
        m_presets->addAction(QString(name).replace(QLatin1Char('&'), QLatin1String("&&")), this,
                             [this, name] {
                                 if (const auto loaded = Presets::load(name))
                                     setRequest(*loaded);
                                 else
                                     showProblem(QString::fromStdString(loaded.error().message));
                             });
    }
    if (!names.isEmpty())
        m_presets->addSeparator();
    m_presets->addAction(tr("Save as a preset…"), this, &LaunchDialog::savePreset);
    if (!names.isEmpty()) {
        QMenu *forget = m_presets->addMenu(tr("Remove a preset"));
        for (const QString &name : names)
            forget->addAction(QString(name).replace(QLatin1Char('&'), QLatin1String("&&")), this,
                              [name] { Presets::remove(name); });
    }
}

void LaunchDialog::savePreset()
{
    auto *ask = new QInputDialog(this);
    ask->setAttribute(Qt::WA_DeleteOnClose);
    ask->setWindowTitle(tr("Save as a preset"));
    ask->setLabelText(tr("Name of the preset"));
    ask->resize(360, ask->height());
    ask->setTextValue(request().name.isEmpty() ? request().image : request().name);
    ask->setOkButtonText(tr("Save"));
    connect(ask, &QInputDialog::textValueSelected, this, [this](const QString &name) {
        if (!name.trimmed().isEmpty())
            Presets::save(name.trimmed(), request());
    });
    ask->open();
}

} // namespace meseta::console
