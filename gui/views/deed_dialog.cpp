#include "gui/views/deed_dialog.h"

#include <QDialogButtonBox>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

#include "gui/model/formats.h"
#include "gui/model/sentences.h"
#include "gui/widgets/icons.h"
#include "gui/widgets/theme.h"

namespace meseta::console {

namespace {

constexpr qsizetype listedNames = 500;

} // namespace

DeedDialog::DeedDialog(const BlastRadius &radius, QWidget *parent)
    : QDialog(parent), m_radius(radius)
{
    setWindowTitle(radius.verb);
    const auto label = [](const QString &text) {
        auto *made = new QLabel(text);
        made->setTextFormat(Qt::PlainText);
        made->setWordWrap(true);
        return made;
    };
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(Theme::Wide, Theme::Wide, Theme::Wide, Theme::Large);
    column->setSpacing(Theme::Medium);
    QLabel *question = label(radius.question);
    question->setFont(Theme::titleFont());
    column->addWidget(question);
    column->addWidget(label(radius.consequence));
    QLabel *summary = label(summaryText());
    summary->setObjectName(QStringLiteral("touched"));
    summary->setFont(Theme::headingFont());
    column->addWidget(summary);
    if (QWidget *list = touchedList())
        column->addWidget(list, 1);
    QLabel *undo = label(radius.undo.isEmpty()
                             ? tr("This cannot be undone.")
                             : tr("Can be undone for a while afterwards: %1.").arg(radius.undo));
    undo->setForegroundRole(QPalette::PlaceholderText);
    column->addWidget(undo);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    auto *go = buttons->addButton(radius.verb, QDialogButtonBox::AcceptRole);
    go->setObjectName(QStringLiteral("go"));
    go->setProperty("danger", true);
    go->setAutoDefault(false);
    go->setEnabled(!radius.objects.isEmpty());
    buttons->button(QDialogButtonBox::Cancel)->setDefault(true);
    column->addWidget(buttons);
    buttons->button(QDialogButtonBox::Cancel)->setFocus(); // not the list
    setMinimumWidth(460);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
}

/// Sentences that break need more height than they ask for at first.
void DeedDialog::showEvent(QShowEvent *event)
{
    QDialog::showEvent(event);
    if (const int needed = layout()->heightForWidth(width()); needed > height())
        resize(width(), needed);
}

QString DeedDialog::summaryText() const
{
    QStringList touched;
    if (m_radius.objectNames.size() > 1) {
        const int count = static_cast<int>(m_radius.objects.size());
        touched << (m_radius.objects.first().kind == ObjectRef::Kind::Agent
                        ? tr("%n agent(s)", nullptr, count)
                        : tr("%n framework(s)", nullptr, count));
    }
    if (!m_radius.tasks.isEmpty())
        touched << tr("%n task(s)", nullptr, static_cast<int>(m_radius.tasks.size()));
    if (!m_radius.offers.isEmpty())
        touched << tr("%n outstanding offer(s)", nullptr, static_cast<int>(m_radius.offers.size()));
    QString text = touched.isEmpty() ? tr("No task and no offer is touched.")
                                     : tr("Touched: %1.").arg(listText(touched));
    if (!m_radius.leftOut.isEmpty())
        text += betweenSentences()
            + tr("Left out: %n.", nullptr, static_cast<int>(m_radius.leftOut.size()));
    return text;
}

/// Everything that is touched, by name, then what is left out and why.
QWidget *DeedDialog::touchedList()
{
    auto *list = new QListWidget;
    list->setObjectName(QStringLiteral("touchedNames"));
    list->setAccessibleName(tr("What is touched"));
    list->setSelectionMode(QAbstractItemView::NoSelection);
    list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    const auto add = [&](const char *picture, const QStringList &names) {
        for (const QString &name : names.mid(0, listedNames))
            list->addItem(new QListWidgetItem(icon(QString::fromLatin1(picture)), name));
        if (names.size() > listedNames)
            list->addItem(tr("and %n more", nullptr, static_cast<int>(names.size() - listedNames)));
    };
    if (m_radius.objectNames.size() > 1)
        add(m_radius.objects.first().kind == ObjectRef::Kind::Agent ? "agents" : "frameworks",
            m_radius.objectNames);
    add("tasks", m_radius.names);
    add("offers", m_radius.offerNames);
    QStringList leftOut;
    for (const BlastRadius::LeftOut &left : m_radius.leftOut)
        leftOut << tr("Left out: %1. %2").arg(left.name, left.why);
    const int before = list->count();
    add("lock", leftOut);
    for (int row = before; row < list->count(); ++row)
        list->item(row)->setForeground(Theme::muted());
    if (list->count() == 0) {
        delete list;
        return nullptr;
    }
    list->setWordWrap(true); // nothing of a name is out of sight
    list->setIconSize({16, 16});
    const int rows = list->count() * (list->fontMetrics().height() + 2 * Theme::Small);
    list->setMinimumHeight(std::min(200, rows + 2 * list->frameWidth()));
    list->setMaximumHeight(list->count() > 4 ? 220 : list->minimumHeight() + 24);
    return list;
}

} // namespace meseta::console
