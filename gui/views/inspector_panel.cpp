#include "gui/views/inspector_panel.h"

#include <QApplication>
#include <QClipboard>
#include <QEvent>
#include <QGridLayout>
#include <QGuiApplication>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QToolButton>
#include <QVBoxLayout>

#include "gui/inspect/usage_card.h"
#include "gui/model/formats.h"
#include "gui/model/replica.h"
#include "gui/widgets/event_list.h"
#include "gui/widgets/icons.h"
#include "gui/widgets/sign_painter.h"
#include "gui/widgets/theme.h"
#include "gui/widgets/wrap_label.h"

namespace meseta::console {

namespace {

constexpr int shownEvents = 12;
constexpr std::chrono::milliseconds frame{16};
// Looking for what belongs to an object goes through all tasks.
constexpr std::chrono::milliseconds gathered{300};
constexpr int leastWidth = 280;
constexpr int mostWidth = 560; // asked for, however long the words are
constexpr qsizetype rememberedObjects = 100;
constexpr qsizetype longestValue = 4000; // characters
constexpr qint64 restAfter = 80; // times what it took to build it
constexpr qsizetype mostFollowed = 1000; // of several together; more are shown as they were

int markWidth()
{
    return QFontMetrics(Theme::headingFont()).height() - 3;
}

/// One of a list of objects: its name leads there, its value tells of it.
bool isListed(const InspectionField &field)
{
    return field.link.isValid() && field.look.sign != Sign::None;
}

/// Its value stands in a label of its own, which can be given another.
bool hasLabel(const InspectionField &field)
{
    return isListed(field) || (!field.link.isValid() && field.look.used < 0);
}

/// All but what such labels say.
QString frameOf(Inspection shown)
{
    QString looks;
    for (InspectionSection &section : shown.sections) {
        for (InspectionField &field : section.fields) {
            looks += QStringLiteral("%1 %2 %3\n")
                         .arg(static_cast<int>(field.look.tone))
                         .arg(static_cast<int>(field.look.sign))
                         .arg(field.link.key);
            if (hasLabel(field))
                field.value = QStringLiteral("-");
        }
    }
    return shown.plainText() + looks;
}

/// A sign, a bar, or nothing, beside a value.
class LookMark : public QWidget
{
public:
    explicit LookMark(const Look &look) : m_look(look)
    {
        if (look.used >= 0)
            setFixedHeight(5);
        else
            setFixedSize(markWidth(), QFontMetrics(Theme::headingFont()).height());
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        if (m_look.used >= 0)
            paintShare(&painter, QRectF(rect()).adjusted(0, 0.5, 0, -0.5), m_look.used,
                       m_look.offered);
        else
            paintSign(&painter, QRectF(rect()).adjusted(2, height() * 0.22, -2, -height() * 0.22),
                      m_look);
    }

private:
    Look m_look;
};

WrapLabel *plainLabel(const QString &text)
{
    return new WrapLabel(text.left(longestValue));
}

WrapLabel *headingLabel(const QString &text)
{
    WrapLabel *label = plainLabel(text);
    label->setFont(Theme::headingFont());
    label->setContentsMargins(0, Theme::Medium, 0, 2);
    return label;
}

WrapLabel *mutedLabel(const QString &text)
{
    WrapLabel *label = plainLabel(text);
    label->setMuted(true);
    return label;
}

/// A text that leads somewhere; where its room ends it is cut in its middle, and whole in its tip.
class LinkButton : public QPushButton
{
public:
    explicit LinkButton(const QString &text) : m_whole(text.left(500))
    {
        setFlat(true);
        setCursor(Qt::PointingHandCursor);
        setProperty("link", true); // the theme's style sheet knows it: one of its own is slow
        setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
        setAccessibleName(text);
        show(m_whole);
    }

    QSize sizeHint() const override
    {
        return {fontMetrics().horizontalAdvance(m_whole) + 4, QPushButton::sizeHint().height()};
    }
    QSize minimumSizeHint() const override
    {
        return {std::min(60, sizeHint().width()), sizeHint().height()};
    }

protected:
    void resizeEvent(QResizeEvent *event) override
    {
        QPushButton::resizeEvent(event);
        show(fontMetrics().elidedText(m_whole, Qt::ElideMiddle, width()));
    }

private:
    void show(const QString &shown)
    {
        setText(QString(shown).replace(QLatin1Char('&'), QLatin1String("&&")));
        setToolTip(shown == m_whole ? QString() : m_whole.toHtmlEscaped());
    }

    QString m_whole;
};

} // namespace

InspectorPanel::InspectorPanel(const Replica &replica, QWidget *parent)
    : QWidget(parent)
    , m_replica(replica)
    , m_kind(new QLabel)
    , m_back(new QToolButton)
    , m_forward(new QToolButton)
    , m_copy(new QToolButton)
    , m_close(new QToolButton)
    , m_scroll(new QScrollArea)
    , m_usage(new UsageCard(replica))
{
    setObjectName(QStringLiteral("inspector"));
    m_kind->setTextFormat(Qt::PlainText);
    m_kind->setForegroundRole(QPalette::PlaceholderText);
    m_back->setIcon(icon(QStringLiteral("back")));
    m_forward->setIcon(icon(QStringLiteral("forward")));
    m_copy->setIcon(icon(QStringLiteral("copy")));
    m_close->setIcon(icon(QStringLiteral("close")));
    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(Theme::Large, Theme::Small, Theme::Small, Theme::Tight);
    bar->setSpacing(2);
    bar->addWidget(m_kind, 1);
    for (QToolButton *button : {m_back, m_forward, m_copy, m_close})
        bar->addWidget(button);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->viewport()->setAutoFillBackground(false);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(1, 0, 0, 0);
    column->setSpacing(0);
    column->addLayout(bar);
    column->addWidget(m_scroll, 1);
    column->addWidget(m_usage);

    connect(m_back, &QToolButton::clicked, this, &InspectorPanel::back);
    connect(m_forward, &QToolButton::clicked, this, &InspectorPanel::forward);
    connect(m_close, &QToolButton::clicked, this, &InspectorPanel::closed);
    connect(m_copy, &QToolButton::clicked, this, [this] {
        QGuiApplication::clipboard()->setText(inspectAll(objects(), m_replica).plainText());
    });
    m_soon.setSingleShot(true);
    connect(&m_soon, &QTimer::timeout, this, &InspectorPanel::refresh);
    m_tick.setInterval(1000); // ages
    m_tick.setTimerType(Qt::PreciseTimer); // else it comes in one frame with the others
    connect(&m_tick, &QTimer::timeout, this, [this] {
        if (m_several.size() <= mostFollowed)
            refresh();
    });
    m_tick.start();
    translate();
}

void InspectorPanel::setActionSource(std::function<QList<Action>(const QList<ObjectRef> &)> actions)
{
    m_actions = std::move(actions);
}

void InspectorPanel::translate()
{
    const auto name = [](QToolButton *button, const QString &text) {
        button->setToolTip(text);
        button->setAccessibleName(text);
    };
    name(m_back, tr("Back"));
    name(m_forward, tr("Forward"));
    name(m_copy, tr("Copy all of it as text"));
    name(m_close, tr("Close the inspector"));
    m_drawn.clear();
    refresh();
}

void InspectorPanel::remember(const ObjectRef &object)
{
    if (m_at >= 0 && m_history.at(m_at) == object)
        return;
    m_history.resize(m_at + 1);
    m_history.append(object);
    if (m_history.size() > rememberedObjects)
        m_history.removeFirst();
    m_at = m_history.size() - 1;
}

void InspectorPanel::show(const ObjectRef &object)
{
    if (!object.isValid())
        return;
    remember(object);
    m_object = object;
    m_several.clear();
    m_drawn.clear();
    m_usage->show(object);
    buildSoon();
}

void InspectorPanel::showSeveral(const QList<ObjectRef> &objects)
{
    m_several = objects;
    m_drawn.clear();
    m_usage->show(objects.isEmpty() ? m_object : ObjectRef{});
    buildSoon();
}

QList<ObjectRef> InspectorPanel::objects() const
{
    return m_several.isEmpty() ? QList<ObjectRef>{m_object} : m_several;
}

void InspectorPanel::back()
{
    if (m_at <= 0)
        return;
    m_object = m_history.at(--m_at);
    m_several.clear();
    m_usage->show(m_object);
    m_drawn.clear();
    buildSoon();
    Q_EMIT linkChosen(m_object);
}

void InspectorPanel::forward()
{
    if (m_at + 1 >= m_history.size())
        return;
    m_object = m_history.at(++m_at);
    m_several.clear();
    m_usage->show(m_object);
    m_drawn.clear();
    buildSoon();
    Q_EMIT linkChosen(m_object);
}

void InspectorPanel::refresh()
{
    if (!isVisible())
        return; // built when it is seen
    const Inspection shown = inspectAll(objects(), m_replica);
    const QList<EventRow> events =
        m_several.isEmpty() ? eventsOf(m_object, m_replica, shownEvents) : QList<EventRow>{};
    QString more;
    if (!events.isEmpty())
        more += events.first().key;
    if (m_actions) {
        for (const Action &action : m_actions(objects()))
            more += action.title + action.whyNot;
    }
    const QString text = shown.plainText() + more;
    if (text == m_drawn)
        return;
    const bool isAnother = m_drawn.isEmpty();
    const QString frame = frameOf(shown) + more;
    const bool isSameFrame = !isAnother && m_frame == frame;
    if (!isAnother && !isSameFrame && mustRest())
        return refreshSoon();
    m_drawn = text;
    m_frame = frame;
    if (isSameFrame)
        return changeValues(shown); // ages, most of the time
    const int scrolled = isAnother ? 0 : m_scroll->verticalScrollBar()->value();
    m_sinceRebuilt.start();
    rebuild(shown, events);
    m_rebuilding = m_sinceRebuilt.nsecsElapsed();
    m_scroll->verticalScrollBar()->setValue(scrolled);
    m_soon.stop(); // not twice in a row
}

void InspectorPanel::changeValues(const Inspection &shown)
{
    qsizetype at = 0;
    for (const InspectionSection &section : shown.sections) {
        for (const InspectionField &field : section.fields) {
            if (!hasLabel(field) || at >= m_values.size())
                continue;
            if (WrapLabel *label = m_values.at(at++);
                label->text() != field.value.left(longestValue))
                label->setText(field.value.left(longestValue));
        }
    }
}

/// A long list that changes all the time is not built anew all the time.
bool InspectorPanel::mustRest() const
{
    return m_sinceRebuilt.isValid() && m_sinceRebuilt.nsecsElapsed() < restAfter * m_rebuilding;
}

void InspectorPanel::refreshSoon()
{
    if (!m_soon.isActive() && m_several.size() <= mostFollowed)
        m_soon.start(gathered);
}

/// Another object is built in a frame of its own, after the one in which it was chosen.
void InspectorPanel::buildSoon()
{
    m_soon.start(frame);
}

void InspectorPanel::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    buildSoon();
}

void InspectorPanel::rebuild(const Inspection &shown, const QList<EventRow> &events)
{
    m_back->setEnabled(m_at > 0);
    m_forward->setEnabled(m_at + 1 < m_history.size());
    m_copy->setEnabled(shown.exists);
    m_kind->setText(shown.kind);
    m_values.clear();
    // Made where it stands: one that moves is polished anew by the style sheet, with all in it.
    auto *content = new QWidget(m_scroll->viewport());
    auto *column = new QVBoxLayout(content);
    column->setContentsMargins(Theme::Large, 0, Theme::Large, Theme::Large);
    column->setSpacing(Theme::Tight);
    if (!shown.exists) {
        column->addWidget(mutedLabel(m_object.isValid()
                                         ? tr("It is no more, or the master has forgotten it.")
                                         : tr("Select something to see all about it.")));
    } else {
        WrapLabel *title = plainLabel(shown.title);
        title->setFont(Theme::titleFont());
        column->addWidget(title);
        auto *state = new QHBoxLayout;
        state->setSpacing(Theme::Small);
        if (shown.look.sign != Sign::None)
            state->addWidget(new LookMark({shown.look.tone, shown.look.sign}));
        state->addWidget(plainLabel(shown.subtitle), 1);
        column->addLayout(state);
        addActions(column);
        if (!shown.biography.isEmpty())
            addBiography(column, shown.biography);
        for (const InspectionSection &section : shown.sections)
            addFields(column, section);
        if (!events.isEmpty())
            addEvents(column, events);
    }
    column->addStretch(1);
    content->setAutoFillBackground(false);
    // Nothing is cut off at the side, however large the text is.
    const int wanted =
        content->minimumSizeHint().width() + m_scroll->verticalScrollBar()->sizeHint().width();
    const int least = qRound(leastWidth * (1 + Theme::fontScale()) / 2);
    m_scroll->setMinimumWidth(std::clamp(wanted, least, mostWidth));
    m_scroll->setWidget(content);
}

void InspectorPanel::addActions(QVBoxLayout *column)
{
    const QList<Action> actions = m_actions ? m_actions(objects()) : QList<Action>{};
    if (actions.isEmpty())
        return;
    auto *grid = new QGridLayout;
    grid->setContentsMargins(0, Theme::Small, 0, 0);
    grid->setSpacing(Theme::Small);
    int at = 0;
    for (const Action &action : actions) {
        auto *button = new QPushButton(icon(action.icon), action.title);
        button->setObjectName(QStringLiteral("action.") + action.id);
        button->setProperty("danger", action.danger && action.whyNot.isEmpty());
        button->setEnabled(action.whyNot.isEmpty());
        button->setToolTip(action.whyNot.toHtmlEscaped());
        connect(button, &QPushButton::clicked, this,
                [this, id = action.id, shown = objects()] { Q_EMIT actionChosen(id, shown); });
        const int columns = Theme::fontScale() > 1.2 || m_several.size() > 1 ? 1 : 2;
        grid->addWidget(button, at / columns, at % columns);
        ++at;
    }
    column->addLayout(grid);
}

/// Whether the names of a list leave room for what is told of each, without breaking it often.
bool InspectorPanel::haveRoomBeside(const InspectionSection &section) const
{
    int names = 0, values = 0;
    for (const InspectionField &field : section.fields) {
        if (!isListed(field))
            continue;
        names = std::max(names, fontMetrics().horizontalAdvance(field.name));
        values = std::max(values, fontMetrics().horizontalAdvance(field.value));
    }
    const int room = m_scroll->viewport()->width() - 2 * Theme::Large;
    return markWidth() + names + values / 2 + 2 * Theme::Medium <= room;
}

void InspectorPanel::addFields(QVBoxLayout *column, const InspectionSection &section)
{
    column->addWidget(headingLabel(section.title));
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(Theme::Medium);
    grid->setVerticalSpacing(5);
    grid->setColumnStretch(1, 1);
    const bool beneath = !haveRoomBeside(section);
    int row = 0;
    for (const InspectionField &field : section.fields) {
        if (isListed(field)) {
            // A list: the name itself leads there.
            auto *line = new QWidget(column->parentWidget());
            auto *inside = new QHBoxLayout(line);
            inside->setContentsMargins(0, 0, 0, 0);
            inside->addWidget(new LookMark({field.look.tone, field.look.sign}));
            auto *link = new LinkButton(field.name);
            connect(link, &QPushButton::clicked, this,
                    [this, to = field.link] { Q_EMIT linkChosen(to); });
            inside->addWidget(link);
            inside->addStretch(1);
            WrapLabel *value = mutedLabel(field.value);
            m_values << value;
            if (beneath)
                value->setContentsMargins(markWidth() + inside->spacing(), 0, 0, Theme::Tight);
            grid->addWidget(line, row, 0, 1, beneath ? 2 : 1, Qt::AlignTop);
            if (beneath)
                grid->addWidget(value, ++row, 0, 1, 2);
            else
                grid->addWidget(value, row, 1);
            ++row;
            continue;
        }
        WrapLabel *name = mutedLabel(field.name);
        name->setSingleLine(true);
        grid->addWidget(name, row, 0, Qt::AlignTop);
        if (field.link.isValid()) {
            auto *link = new LinkButton(field.value);
            connect(link, &QPushButton::clicked, this,
                    [this, to = field.link] { Q_EMIT linkChosen(to); });
            grid->addWidget(link, row, 1, Qt::AlignLeft);
        } else {
            WrapLabel *value = plainLabel(field.value);
            if (hasLabel(field))
                m_values << value;
            grid->addWidget(value, row, 1);
        }
        if (field.look.used >= 0)
            grid->addWidget(new LookMark(field.look), ++row, 0, 1, 2);
        ++row;
    }
    column->addLayout(grid);
}

void InspectorPanel::addBiography(QVBoxLayout *column, const QList<BiographyStep> &steps)
{
    column->addWidget(headingLabel(tr("Biography")));
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(Theme::Small);
    grid->setVerticalSpacing(6);
    grid->setColumnStretch(1, 1);
    int row = 0;
    for (const BiographyStep &step : steps) {
        grid->addWidget(new LookMark({step.look.tone, step.look.sign}), row, 0, Qt::AlignTop);
        const QString lasted = step.seconds >= 0.001
            ? tr("%1, for %2").arg(step.title, durationText(step.seconds))
            : step.title;
        grid->addWidget(plainLabel(lasted), row, 1);
        WrapLabel *time = mutedLabel(timeText(step.time));
        time->setSingleLine(true);
        time->setToolTip(fullTimeText(step.time));
        grid->addWidget(time, row, 2, Qt::AlignTop);
        if (!step.text.isEmpty()) {
            WrapLabel *text = mutedLabel(step.text);
            text->setFont(Theme::smallFont());
            grid->addWidget(text, ++row, 1, 1, 2);
        }
        ++row;
    }
    column->addLayout(grid);
}

void InspectorPanel::addEvents(QVBoxLayout *column, const QList<EventRow> &events)
{
    column->addWidget(headingLabel(tr("Recent events")));
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(Theme::Small);
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(1, 1);
    int row = 0;
    for (const EventRow &event : events) {
        grid->addWidget(new LookMark(eventLook(event)), row, 0, Qt::AlignTop);
        if (const ObjectRef about = objectOf(event); about.isValid() && about != m_object) {
            auto *link = new LinkButton(eventText(event));
            connect(link, &QPushButton::clicked, this, [this, about] { Q_EMIT linkChosen(about); });
            grid->addWidget(link, row, 1, Qt::AlignLeft);
        } else {
            grid->addWidget(plainLabel(eventText(event)), row, 1);
        }
        WrapLabel *time = mutedLabel(timeText(event.time));
        time->setSingleLine(true);
        grid->addWidget(time, row++, 2, Qt::AlignTop);
    }
    column->addLayout(grid);
}

void InspectorPanel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), palette().window());
    painter.fillRect(QRect(0, 0, 1, height()), Theme::border());
}

void InspectorPanel::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::LanguageChange)
        translate();
    QWidget::changeEvent(event);
}

} // namespace meseta::console
